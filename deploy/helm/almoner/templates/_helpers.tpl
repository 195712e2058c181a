{{- define "almoner.name" -}}
{{- printf "%s" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "almoner.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "almoner.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "almoner.labels" -}}
{{ include "almoner.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* Nobody's root, nothing to write but what is mounted, no right more than the image's user has. */}}
{{- define "almoner.podSecurity" -}}
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "almoner.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* What api and worker both are told. */}}
{{- define "almoner.environment" -}}
- name: ALMONER_STATE
  value: /state
- name: HOST
  value: 0.0.0.0
- name: LOG_LEVEL
  value: {{ .Values.logLevel | quote }}
- name: PUBLIC_URL
  value: {{ .Values.publicUrl | quote }}
- name: BANK_VISIBILITY_MS
  value: {{ .Values.bankVisibilityMs | quote }}
- name: REFUNDS_PER_SECOND
  value: {{ .Values.refundsPerSecond | quote }}
- name: BULK_MOST_FEN
  value: {{ .Values.clearings.bulkMostFen | int64 | quote }}
- name: BULK_MOST_FEN_PERSON
  value: {{ .Values.clearings.bulkMostFenPerson | int64 | quote }}
- name: BULK_DAY_FEN
  value: {{ .Values.clearings.bulkDayFen | int64 | quote }}
- name: HIGH_VALUE_ALWAYS
  value: {{ ternary 1 0 .Values.clearings.highValueAlways | quote }}
{{- if .Values.tracing.otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .Values.tracing.otlpEndpoint | quote }}
{{- end }}
- name: STOP_MS
  value: {{ .Values.stopMs | quote }}
- name: DRAIN_MS
  value: {{ .Values.drainMs | quote }}
{{- if .Values.secrets.metrics }}
- name: METRICS_TOKEN
  valueFrom: { secretKeyRef: { name: {{ .Values.secrets.metrics }}, key: METRICS_TOKEN } }
{{- end }}
- name: TEMPORAL_ADDRESS
  value: {{ .Values.temporal.address | quote }}
- name: TEMPORAL_NAMESPACE
  value: {{ .Values.temporal.namespace | quote }}
{{- if .Values.temporal.uiUrl }}
- name: TEMPORAL_UI_URL
  value: {{ .Values.temporal.uiUrl | quote }}
{{- end }}
- name: BANK_URL
  value: {{ required "providers.bankUrl is needed" .Values.providers.bankUrl | quote }}
{{- if .Values.providers.cmbUrl }}
- name: CMB_URL
  value: {{ .Values.providers.cmbUrl | quote }}
{{- end }}
- name: WECHAT_URL
  value: {{ required "providers.wechatUrl is needed" .Values.providers.wechatUrl | quote }}
{{- if .Values.providers.alipayUrl }}
- name: ALIPAY_URL
  value: {{ .Values.providers.alipayUrl | quote }}
{{- end }}
- name: TENCENT_URL
  value: {{ required "providers.tencentUrl is needed" .Values.providers.tencentUrl | quote }}
{{ include "almoner.databaseUrls" .Values.secrets.application }}
{{- end -}}

{{/* Both URLs from one secret; called with its name. */}}
{{- define "almoner.databaseUrls" -}}
- name: DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ . }}, key: DATABASE_URL } }
- name: APP_DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ . }}, key: APP_DATABASE_URL } }
{{- end -}}

{{- define "almoner.keysVolume" -}}
- name: keys
  secret:
    secretName: {{ .Values.secrets.keys }}
    defaultMode: 0440
- name: tmp
  emptyDir: {}
{{- end -}}

{{- define "almoner.keysMount" -}}
- name: keys
  mountPath: /state/keys
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- end -}}
