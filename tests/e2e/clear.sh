#!/usr/bin/env bash
# clear.sh PROJECT: removes the project's containers, networks, volumes and images, by the engine's own words:
# they do not need the files that a story may have spoilt.
set -uo pipefail
label="label=com.docker.compose.project=$1"
docker ps -aq --filter "$label" | xargs -r docker rm -fv
docker network ls -q --filter "$label" | xargs -r docker network rm
docker volume ls -q --filter "$label" | xargs -r docker volume rm -f
{ docker images --format '{{.Repository}}:{{.Tag}}' "$1" && docker images --format '{{.Repository}}:{{.Tag}}' "resguardo:$1"; } |
    xargs -r docker rmi
