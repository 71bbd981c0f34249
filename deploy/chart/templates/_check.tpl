{{- /* What cannot be meant, all of it in one message. */}}
{{- define "lanlord.check" -}}
{{- $faults := list }}
{{- range $key := list "controller" "speaker" }}
{{- with (get $.Values $key).image }}
{{- if regexMatch "^quay[.]io/metallb/(controller|speaker)$" .repository }}
{{- else if regexMatch "(^|/)metallb/(controller|speaker)$" .repository }}
{{- $faults = append $faults (printf `%s.image.repository %q is an image of MetalLB: name one of Lanlord, or leave it out` $key .repository) }}
{{- else if regexMatch "^v[0-9]" (.tag | default "" | toString) }}
{{- $faults = append $faults (printf `%s.image.tag %q is a version of MetalLB: name one of Lanlord, such as %q, or leave it out` $key .tag $.Chart.AppVersion) }}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.speaker.ignoreExcludeLB }}
{{- $faults = append $faults "speaker.ignoreExcludeLB cannot be honoured: take the label node.kubernetes.io/exclude-from-external-load-balancers off the nodes that are to announce, then leave it out" }}
{{- end }}
{{- if and .Values.configInline .Values.existingConfigMap }}
{{- $faults = append $faults "configInline and existingConfigMap both say which ConfigMap is read: keep one of them" }}
{{- end }}
{{- if and .Values.prometheus.podMonitor.enabled .Values.prometheus.serviceMonitor.enabled }}
{{- $faults = append $faults "prometheus.podMonitor and prometheus.serviceMonitor read the same metrics: enable one of them" }}
{{- end }}
{{- with $faults }}
{{- printf "\n\n- %s\n" (join "\n- " .) | fail }}
{{- end }}
{{- end }}

{{- /* The values that are given and mean nothing here, a line each. */}}
{{- define "lanlord.ignored" -}}
{{- range $path, $why := fromYaml (.Files.Get "files/metallb.yaml") }}
{{- $value := $.Values }}
{{- range splitList "." $path }}
{{- $value = kindIs "map" $value | ternary (get (kindIs "map" $value | ternary $value dict) .) "" }}
{{- end }}
{{- if kindIs "map" $value }}
{{- $value = hasKey $value "enabled" | ternary $value.enabled $value }}
{{- end }}
{{- if $value }}
  {{ $path }}: {{ $why }}
{{- end }}
{{- end }}
{{- end }}
