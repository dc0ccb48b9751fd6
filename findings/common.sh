# Sourced by every script here. `install NAME==VERSION …` makes an environment of its own in a
# temporary folder, `python` is then that environment's, and the folder is removed at the end.
# PYTHON names another interpreter than python3.11 (3.11 or newer).

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export TF_CPP_MIN_LOG_LEVEL=3 TF_ENABLE_ONEDNN_OPTS=0 CUDA_VISIBLE_DEVICES=-1 JAX_PLATFORMS=cpu
unset PYTHONPATH

install() {
    local interpreter=${PYTHON:-$(command -v python3.11 || command -v python3)}
    "$interpreter" -m venv "$folder/venv"
    "$folder/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check "$@"
    PATH=$folder/venv/bin:$PATH
    cd "$folder"
}
