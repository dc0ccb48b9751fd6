"""Trainings on virtual devices, each in a process of its own; `test_devices.py` starts them.

Virtual devices must be set before a backend starts, so this is a program:
`python -m tests.training.on_devices TASK DEVICES OUT [DATASET]`.
"""

import json
import sys
import threading
from pathlib import Path

import keras
import numpy as np

from artnb.data.dataset import open_dataset
from artnb.data.pipeline import batches
from artnb.method import preset_config
from artnb.methods.cyclegan.model import CycleGAN, build_generator
from artnb.methods.stylegan2.model import StyleGAN2
from artnb.platform.devices import (
    agreed,
    alone,
    join_hosts,
    replicas,
    this_host,
    use_devices,
    writes_files,
)
from artnb.training.ada import POLICIES, AdaptiveAugmentation
from artnb.training.replicas import own_share, replicas_of_step, whole_batch
from artnb.training.train import train
from artnb.translation import paint
from tests.golden.draws import draw_weights, uniform_pictures
from tests.golden.steps import CONFIGS, NETWORKS, PICTURE_SEEDS
from tests.quick import QUICK


def make_devices(count):
    """Cut the CPU into virtual devices."""
    if keras.backend.backend() == "jax":
        import jax

        jax.config.update("jax_num_cpu_devices", count)
        return
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    devices = [tf.config.LogicalDeviceConfiguration()] * count
    tf.config.set_logical_device_configuration(cpu, devices)


def one_step(name):
    """Take one step on a batch of two; give losses, gradients and weights by name."""
    model = CycleGAN(CONFIGS[name], from_px=64)
    for number, network in enumerate(NETWORKS):
        draw_weights(getattr(model, network), 100 + number, 0.2)
    for augment in (model.augment_x, model.augment_y):
        augment.call = lambda pictures: pictures
    log_gradients(model)
    batch = [uniform_pictures(seed, (2, 64, 64, 3)) for seed in PICTURE_SEEDS[name]]
    history = model.fit(*batch, batch_size=2, shuffle=False, verbose=0).history
    # Of what MirroredStrategy's replicas log, Keras gives the mean; gradients are added up.
    shares = 1 if keras.backend.backend() == "jax" else replicas()
    found = {
        f"{name}/{key}": np.asarray(values[0]) * (shares if key.startswith("gradient") else 1)
        for key, values in history.items()
    }
    for network in NETWORKS:
        for number, weight in enumerate(getattr(model, network).get_weights()):
            found[f"{name}/weight/{network}/{number:02}"] = weight
    return found


def log_gradients(model):
    """Let a step's logs also hold what it hands to the optimizers."""
    apply, tracked, found = model.apply_gradients, model.tracked_step, threading.local()

    def recorded(gradients, player):
        remaining = list(gradients)
        for network in player.networks:
            for number, _ in enumerate(network.trainable_variables):
                found.logs[f"gradient/{network.name}/{number:02}"] = remaining.pop(0)
        apply(gradients, player)

    def step(batch):
        found.logs = {}
        losses = {f"loss/{name}": value for name, value in tracked(batch).items()}
        return {**losses, **found.logs}

    model.apply_gradients, model.tracked_step = recorded, step


def several_steps(dataset):
    """Train with all that draws or remembers, then look at what is there.

    The learning rate is small, so that rounding is not what the weights become.
    """
    config = preset_config(
        "smoke",
        **QUICK,
        diffaugment="color,translation,cutout",
        learning_rate=1e-5,
        epochs=1,
        steps_per_epoch=6,
    )
    model = CycleGAN(config, dataset.size_px)
    history = model.fit(
        batches(dataset, config.batch_size, config.seed),
        epochs=config.epochs,
        steps_per_epoch=config.steps_per_epoch,
        shuffle=False,
        verbose=0,
    ).history
    state = [np.array(variable.numpy()) for variable in model.state_variables()]
    for variable, value in zip(model.state_variables(), state, strict=True):
        variable.assign(np.zeros_like(value))
        assert not variable.numpy().any(), variable.path
        variable.assign(value)
    painted = paint(model.shown_generators[0], np.full((3, 32, 32, 3), 100, np.uint8))
    assert painted.shape == (3, 32, 32, 3)
    assert alone(replicas) == 1
    painter = alone(lambda: build_generator(config, "alone"))
    painter.set_weights(model.shown_generators[0].get_weights())
    by_itself = alone(lambda: painter.predict_on_batch(np.zeros((3, 32, 32, 3), np.float32)))
    assert by_itself.shape == (3, 32, 32, 3)
    found = {f"loss/{name}": values[0] for name, values in history.items()}
    for number, (variable, value) in enumerate(zip(model.state_variables(), state, strict=True)):
        assert np.array_equal(variable.numpy(), value), variable.path
        found[f"state/{number:03}/{variable.path}"] = value
    return found


def lazy_regularisers():
    """Train a StyleGAN2 for as many steps as it takes for each regulariser to come twice."""
    config = preset_config("smoke", "stylegan2", r1_every=2, path_length_every=2)
    model = StyleGAN2(config, 32)
    pictures = uniform_pictures(0, (4, 32, 32, 3))
    stream = tf_stream((np.uint8(127.5 * (pictures + 1)),))
    history = model.fit(stream, epochs=4, steps_per_epoch=1, shuffle=False, verbose=0).history
    return {f"loss/{name}": np.array(values) for name, values in history.items()}


def tf_stream(batch):
    """Give the same batch again and again, as TensorFlow's replicas share it."""
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices(batch).batch(len(batch[0])).repeat()


def augmentation():
    """Let replicas augment and observe their shares of four pictures, on TensorFlow."""
    import tensorflow as tf

    settings = {"batch_size": 4, "interval_steps": 1, "initial_probability": 0.8}
    layer = AdaptiveAugmentation(POLICIES, 16, 0, "ada", **settings)
    pictures = uniform_pictures(0, (4, 16, 16, 3))

    @tf.function
    def step():
        layer.observe(own_share(np.array([1, 1, 1, -1], np.float32)))
        drawn = layer.draw(4 // replicas_of_step())
        return whole_batch(layer(own_share(pictures), drawn))

    strategy = tf.distribute.get_strategy()
    augmented = [strategy.experimental_local_results(strategy.run(step)) for _ in range(2)]
    found = {f"pictures/{n}": shares[0].numpy() for n, shares in enumerate(augmented)}
    return {**found, "probability": layer.probability.numpy(), "seed": layer.random.state.numpy()}


def whole_training(run, dataset):
    """Train from the start, or go on; every step is saved."""
    config = preset_config("smoke", epochs=3, checkpoint_minutes=0)
    train(dataset, config, run, resume="auto")


def overflow():
    """Let the second replica's gradient overflow; give the weight's change and the loss scale."""
    import tensorflow as tf

    from artnb.training.engine import Player
    from artnb.training.engine_tensorflow import TensorFlowEngine

    layer = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(1.0), initial_scale=4.0)
    optimizer.build(layer.trainable_variables)
    before = layer.get_weights()[0]

    @tf.function
    def step():
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        gradient = tf.where(replica == 1, np.inf, 1.0) * tf.ones((1, 1))
        TensorFlowEngine().apply_gradients([gradient], Player((layer,), optimizer))

    tf.distribute.get_strategy().run(step)
    return {
        "change": (layer.get_weights()[0] - before).item(),
        "scale": optimizer.dynamic_scale.numpy().item(),
    }


def main():
    """Do the task and write numbers and facts."""
    task, devices, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    make_devices(devices)
    join_hosts()
    if task == "train":
        whole_training(out, open_dataset(Path(sys.argv[4])))
        return
    lines = []
    with use_devices(2, lines.append):
        if task == "step":
            found = {key: value for name in CONFIGS for key, value in one_step(name).items()}
        elif task == "augment":
            found = augmentation()
        elif task == "lazy":
            found = lazy_regularisers()
        else:
            found = several_steps(open_dataset(Path(sys.argv[4])))
        in_replicas = keras.backend.backend() == "tensorflow" and replicas() > 1
        facts = {
            "overflow": overflow() if in_replicas else None,
            "lines": lines,
            "replicas": replicas(),
            "writes": writes_files(),
            "agreed": agreed(this_host()[0] + 5),
        }
    np.savez(out.with_suffix(".npz"), **found)
    out.with_suffix(".json").write_text(json.dumps(facts | {"host": this_host()}))


if __name__ == "__main__":
    main()
