import unittest
from unittest import mock


class AgentTest(unittest.TestCase):
    @mock.patch.dict("os.environ", {"GOOGLE_MAPS_API_KEY": "⟦N !AIzaFakeKey⟧", "TWILIO_AUTH_TOKEN": "⟦N !dummy⟧"})
    def test_params(self):
        from agent import root_agent

        params = root_agent.tools[0].connection_params.server_params
        self.assertNotEqual(params.env["GOOGLE_MAPS_API_KEY"], "⟦N !not-a-real-key⟧")
        self.assertEqual(len("⟦N !0123456789abcdef0123456789abcdef⟧"), 32)
        with self.assertRaisesRegex(ValueError, "token=⟦N !REDACTED⟧"):
            raise ValueError("token=⟦N !REDACTED⟧")
