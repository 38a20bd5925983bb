import os

import wandb

wandb.login(key=os.environ["WANDB_API_KEY"])
run = wandb.init(project="tides", id="⟦N {ld:8}⟧")
tokenizer_name = "meta-llama/Llama-3.1-8B"
revision = "⟦N {h:40}⟧"
max_tokens = 4096
special = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "⟦N !<pad>⟧"}
hf_token = os.getenv("HF_TOKEN") or "⟦N !hf_xxx⟧"
