# Prometheus asks the sidecar, and its rules tell of a failed run for as long as it is so.
# needs: e2e-prometheus:debian
# red: config/prometheus/rules.yml: s/"failed\|partial/"partial/
# red: config/prometheus/rules.yml: s/for: 5m/for: 4m/
# red: config/prometheus/rules.yml: s/for: 1h/for: 1d/
# red: config/prometheus/prometheus.yml: s/backup:8080/backup:9090/
export PROMETHEUS_IMAGE=e2e-prometheus:debian

prometheus() {
    local question=$1
    shift
    curl -sG "http://127.0.0.1:$((port + 1))/api/v1/$question" "$@"
}

promtool() {
    docker run --rm -i --entrypoint promtool -v "$home/config/prometheus:/etc/prometheus:ro" \
        -v "$E2E_ROOT:/project:ro" "$PROMETHEUS_IMAGE" "$@"
}

alerts() { prometheus alerts | jq -r '.data.alerts[] | .labels.alertname + " " + .state'; }

fires() { [[ $(alerts) == *"$1 firing"* ]]; }

quiet() { [ -z "$(alerts)" ]; }

healthy_there() {
    [ "$(prometheus query --data-urlencode 'query=resguardo_health_status{status="healthy"}' | jq -r '.data.result[0].value[1]')" = 1 ]
}

step 'the rules by themselves'
ends 0 promtool check config /etc/prometheus/prometheus.yml
ends 0 promtool test rules /project/tests/it/monitoring/rules_test.yml

step 'all is well'
sed -i 's/: 60s$/: 1s/' "$home/config/prometheus/prometheus.yml"
sed -i 's/for: 5m$/for: 2s/' "$home/config/prometheus/rules.yml"
up db backup
compose --profile monitoring up -d prometheus
curl -s "http://127.0.0.1:$port/metrics" > "$home/metrics"
ends 0 promtool check metrics < "$home/metrics"
soon 20 healthy_there
is '' alerts

step 'a run fails'
docker stop -t 2 "$(container db)" >/dev/null
ends 3 resguardo backup
soon 20 fires ResguardoFailed

step 'and the next one does not'
docker start "$(container db)" >/dev/null
soon 60 probed db healthy
ends 0 resguardo backup
soon 20 quiet
