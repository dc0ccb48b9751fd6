"""The settings that every training has, whatever it trains."""

from dataclasses import dataclass

from artnb.settings import Settings, setting


@dataclass(frozen=True)
class TrainingConfig(Settings):
    """What a training needs to know beside its networks and losses; a Method adds its own."""

    preset: str = setting("paper", "which preset these settings began as")
    seed: int = setting(0, "of weights, data order and all random draws", at_least=0)

    # Optimisation
    batch_size: int = setting(1, "pictures of each domain in a step", at_least=1)
    learning_rate: float = setting(2e-4, "of every optimizer", at_least=0, above=0,
                                   usual="the paper's is 2e-4")  # fmt: skip
    lr_schedule: str = setting(
        "linear",
        "how the learning rate falls",
        source="cosine: Loshchilov and Hutter 2017",
        choices=("linear", "cosine", "constant"),
    )
    constant_share: float = setting(
        0.5, "share of the epochs at full learning rate", at_least=0, at_most=1
    )
    precision: str = setting(
        "float32",
        "what layers compute in; losses are scaled in float16; auto takes what the device is "
        "fast at",
        source="Micikevicius et al. 2018",
        choices=("float32", "mixed_bfloat16", "mixed_float16", "auto"),
    )
    deterministic: bool = setting(
        False, "the same bits from the same seed, on one machine; slower on GPUs"
    )
    jit_compile: bool = setting(
        False, "XLA on TensorFlow, slower on CPUs; on JAX a step is always compiled"
    )

    # Length
    epochs: int = setting(200, "how often every photo is seen", at_least=1)
    steps_per_epoch: int | None = setting(
        None, "none: as many as show every photo once", at_least=1
    )
    minutes: float | None = setting(None, "fit the epochs to this time before training", at_least=0)

    # What a Run keeps
    checkpoint_minutes: float = setting(
        5.0, "what resuming needs is saved this often, and at epoch ends", at_least=0
    )
    samples_every_steps: int = setting(
        250, "sample grids come this often, and after each epoch", at_least=1
    )
    sample_count: int = setting(4, "pictures of each domain in a grid", at_least=1)
    log_every_steps: int = setting(
        10, "steps that one point of the loss curves averages over", at_least=1
    )
    snapshot_budget_gb: float = setting(
        4.0, "snapshots of the networks stay below this together", at_least=0
    )
