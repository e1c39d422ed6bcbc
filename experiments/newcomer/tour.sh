#!/bin/bash
# What a newcomer does, on a clean clone: the README's two commands and its five for one's own footage that end by themselves.
#
#   experiments/newcomer/tour.sh WORK VIDEO     # labels VIDEO.json beside it; an hour and a half on two slow cores
#
# Prints for each step its exit code and its seconds, and goes on whatever happens.
set -u
work=$1 video=$(realpath "$2")

step() {
    local begun=$SECONDS
    "$@" >>log 2>&1
    echo "exit $?, $((SECONDS - begun)) s: $*" | tee -a times
}

git clone --quiet "$(dirname "$0")/../.." "$work" && cd "$work" || exit 2
unset PYTHONPATH VADLIT_RUNS VADLIT_DATA
export VADLIT_CACHE=$PWD/cache PATH=$PWD/.venv/bin:$PATH
cp "$video" line.mp4
cp "${video%.*}.json" line.json

step make .venv/.installed
step make demo
step vadlit prepare source=line.mp4 out=line
# Too little of it for the default threshold: a sentence that names the one to take.
step vadlit train data=folder data.root=line
# Interrupted in the middle, the same command goes on.
step timeout --signal INT 40 vadlit train data=folder data.root=line threshold=sigma
step vadlit train data=folder data.root=line threshold=sigma trainer.resume=auto
checkpoint=$(ls -t runs/vadlit/folder-vadlit-*/checkpoints/last.ckpt | head -1)
step vadlit evaluate checkpoint="$checkpoint" out=results
step vadlit detect checkpoint="$checkpoint" source=line.mp4 out=found
step vadlit train -m data=folder data.root=line score=thesis model=base,skiptwice
# Mistakes.
step vadlit detect checkpoint=nowhere.ckpt source=line.mp4 out=found2
step vadlit prepare source=log out=line2
step vadlit train data=folder data.root=nowhere
step vadlit cache
step make test
