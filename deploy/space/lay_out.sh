#!/bin/sh
# `make space DIR=../my-space`: the repository of a Hugging Face Space in DIR, ready to be pushed. What is in DIR already
# and in the way is overwritten; nothing is removed.
set -eu
cd "$(dirname "$0")/../.."
[ -n "$1" ] || { echo "Say where the Space's repository is: make space DIR=../my-space" >&2; exit 2; }
mkdir -p "$1"

git ls-files -z -- app.py assets components pages playground .streamlit .dockerignore .gitignore LICENSE \
    'requirements*.txt' ':!requirements-dev.txt' | xargs -0 tar -cf - | tar -xf - -C "$1"
cp deploy/space/README.md "$1/README.md"

# The same image, on the port of Spaces and framed by the hub's page.
sed 's/8501/7860/g' deploy/Dockerfile >"$1/Dockerfile"
cat >>"$1/Dockerfile" <<'END'
ENV PLAYGROUND_FRAMED_BY=https://huggingface.co \
    STREAMLIT_SERVER_XSRF_COOKIE_SAME_SITE=none \
    FORWARDED_ALLOW_IPS=*
END
echo "The Space lies in $1: git add, commit and push it there."
