{{- /* What the pods of leader and speaker have in common; all take `.root`, `.component`, `.values`. */}}

{{- define "lanlord.podMetadata" -}}
labels:
  {{- include "lanlord.podLabels" . | nindent 2 }}
{{- $annotations := dict }}
{{- if .root.Values.prometheus.scrapeAnnotations }}
{{- $port := .root.Values.prometheus.metricsPort | toString }}
{{- $annotations = dict "prometheus.io/scrape" "true" "prometheus.io/port" $port }}
{{- end }}
{{- with merge (dict) .values.podAnnotations .annotations $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "lanlord.scheduling" -}}
serviceAccountName: {{ include "lanlord.serviceAccount" . }}
automountServiceAccountToken: true
enableServiceLinks: false
terminationGracePeriodSeconds: 10
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
nodeSelector:
  {{- merge (dict) .values.nodeSelector (dict "kubernetes.io/os" "linux") | toYaml | nindent 2 }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* How pods are replaced: numbers are for RollingUpdate alone, and values add to the chart's. */}}
{{- define "lanlord.strategy" -}}
{{- eq (default "RollingUpdate" .type) "RollingUpdate" | ternary . (omit . "rollingUpdate") | toYaml }}
{{- end }}

{{- /* The flags that both roles have. What is the program's own default is left out. */}}
{{- define "lanlord.sharedArgs" -}}
{{- with .root.Values.loadBalancerClass }}
- --lb-class={{ . }}
{{- end }}
{{- with .root.Values.existingConfigMap }}
- --config={{ . }}
{{- end }}
{{- $level := get (dict "all" "debug" "none" "error") .values.logLevel | default .values.logLevel }}
{{- if ne $level "info" }}
- --log-level={{ $level }}
{{- end }}
{{- with .root.Values.prometheus.metricsPort | int }}
{{- if ne . 7472 }}
- --http=:{{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "lanlord.container" -}}
image: {{ include "lanlord.image" . }}
{{- with .values.image.pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
ports:
  - name: http
    containerPort: {{ .root.Values.prometheus.metricsPort }}
{{- $paths := dict "livenessProbe" "/healthz" "readinessProbe" "/readyz" "startupProbe" "/healthz" }}
{{- range $name, $path := $paths }}
{{- $probe := get $.values $name | default dict }}
{{- if $probe.enabled }}
{{ $name }}:
  httpGet: { path: {{ $path }}, port: http }
  {{- with omit $probe "enabled" "port" }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}
{{- with .values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
