// Metrics for Prometheus as clients see them. TorchServe has no histogram, and cannot know which of its errors a second try
// replaced.
import fs from 'fs';

// Seconds. The latency objective in k8s/components/monitoring, 0.25, must be one of them.
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MAX_COUNTERS = 10000;
const PROBE_FILE = '@RUN_DIR@/temp/writable';
const PROBE_BYTES = 65536;

const counters = ngx.shared.metrics;

/** Count a finished request. Returns an empty string, so that nothing is logged (deployment.conf). */
function count(r) {
    const v = r.variables;
    const seconds = Number(v.request_time);
    let bucket = 0;
    while (seconds > BOUNDS[bucket]) {
        bucket++;
    }
    counters.incr(`request ${v.route} ${v.status} ${bucket}`, 1);
    counters.incr(`seconds ${v.route}`, seconds);
    if (v.upstream_addr) {
        // One of each for every try; a colon stands between those of two locations.
        const addresses = v.upstream_addr.split(/, | : /);
        const statuses = v.upstream_status.split(/, | : /);
        addresses.forEach((address, i) => counters.incr(`upstream ${address} ${statuses[i]}`, 1));
    }
    return '';
}

/** Return the counters of one kind: lists of [the other parts of the name..., value]. */
function countersOf(kind) {
    return counters.items(MAX_COUNTERS)
        .map(item => item[0].split(' ').concat(item[1]))
        .filter(parts => parts[0] === kind)
        .map(parts => parts.slice(1));
}

/** Return the lines of one metric. `samples` maps labels to values. */
function metric(name, type, help, samples) {
    const lines = Object.keys(samples).sort().map(labels => `${name}{${labels}} ${samples[labels]}\n`);
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function requestsTotal() {
    const samples = {};
    countersOf('request').forEach(counter => {
        const labels = `route="${counter[0]}",status="${counter[1]}"`;
        samples[labels] = (samples[labels] || 0) + counter[3];
    });
    return metric('digits_requests_total', 'counter', 'Requests by route and status.', samples);
}

function requestDuration() {
    const name = 'digits_request_duration_seconds';
    const buckets = {};
    countersOf('request').forEach(counter => {
        const route = counter[0];
        buckets[route] = buckets[route] || new Array(BOUNDS.length + 1).fill(0);
        buckets[route][counter[2]] += counter[3];
    });
    const help = 'Time from the first byte of the request to the last byte of the response, by route.';
    let text = `# HELP ${name} ${help}\n# TYPE ${name} histogram\n`;
    countersOf('seconds').forEach(counter => {
        const route = counter[0];
        let total = 0;
        (buckets[route] || []).forEach((value, i) => {
            total += value;
            text += `${name}_bucket{route="${route}",le="${i < BOUNDS.length ? BOUNDS[i] : '+Inf'}"} ${total}\n`;
        });
        text += `${name}_sum{route="${route}"} ${counter[1].toFixed(3)}\n${name}_count{route="${route}"} ${total}\n`;
    });
    return text;
}

function upstreamResponsesTotal() {
    const samples = {};
    countersOf('upstream').forEach(counter => {
        samples[`upstream="${counter[0]}",status="${counter[1]}"`] = counter[2];
    });
    return metric('digits_upstream_responses_total', 'counter', 'Responses of upstreams, one for each try.', samples);
}

function connections(r) {
    const samples = {};
    ['active', 'reading', 'writing', 'waiting'].forEach(state => {
        samples[`state="${state}"`] = r.variables[`connections_${state}`];
    });
    return metric('digits_connections', 'gauge', 'Connections of clients, by state.', samples);
}

/** Return 1 if nginx can write to its folder, or 0, for example when the disk is full. */
function isDiskWritable() {
    try {
        fs.writeFileSync(PROBE_FILE, 'x'.repeat(PROBE_BYTES));
        fs.unlinkSync(PROBE_FILE); // on a full disk, a file that stays could always be written again
        return 1;
    } catch (error) {
        return 0;
    }
}

function diskWritable() {
    const name = 'digits_disk_writable';
    return `# HELP ${name} Whether nginx can write to its folder.\n# TYPE ${name} gauge\n${name} ${isDiskWritable()}\n`;
}

/** Answer Prometheus. */
function serve(r) {
    r.headersOut['Content-Type'] = 'text/plain; version=0.0.4';
    r.return(200, requestsTotal() + requestDuration() + upstreamResponsesTotal() + connections(r) + diskWritable());
}

export default { count, serve };
