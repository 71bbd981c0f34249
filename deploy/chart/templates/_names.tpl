{{- define "lanlord.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* What names of objects begin with: the release where it has the chart's name in it. Room for "-speaker" is left. */}}
{{- define "lanlord.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- $release := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- default $release .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- /* Of all objects. */}}
{{- define "lanlord.labels" -}}
app: lanlord
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "lanlord.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* Of the pods. The selectors take the first two alone, as in deploy/lanlord.yaml: a release can take over from it. */}}
{{- define "lanlord.podLabels" -}}
app: lanlord
component: {{ .component }}
app.kubernetes.io/name: {{ include "lanlord.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- with .values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* The values of a component: the leader's are under MetalLB's name. */}}
{{- define "lanlord.keyOf" -}}
{{- eq . "leader" | ternary "controller" . }}
{{- end }}

{{- /* `.root`, `.component`, `.values` */}}
{{- define "lanlord.serviceAccount" -}}
{{- $own := printf "%s-%s" (include "lanlord.fullname" .root) .component }}
{{- default (.values.serviceAccount.create | ternary $own "default") .values.serviceAccount.name }}
{{- end }}

{{- /* The image; MetalLB's own name in a values file says nothing but the default of its chart. */}}
{{- define "lanlord.image" -}}
{{- $image := .values.image }}
{{- if regexMatch "^quay[.]io/metallb/(controller|speaker)$" $image.repository }}
{{- printf "docker.io/lanlord/lanlord:%s" .root.Chart.AppVersion }}
{{- else }}
{{- printf "%s:%s" $image.repository (default .root.Chart.AppVersion $image.tag | toString) }}
{{- end }}
{{- end }}

{{- define "lanlord.configMap" -}}
{{- default "config" .Values.existingConfigMap }}
{{- end }}

{{- define "lanlord.excludedInterfaces" -}}
{{- if or (not .Values.speaker.excludeInterfaces.enabled) .Values.speaker.excludeInterfaces.patterns }}
{{- printf "%s-excludel2" (include "lanlord.fullname" .) }}
{{- else }}
{{- "metallb-excludel2" }}
{{- end }}
{{- end }}
