/** How mails look: our own, by the names that Alertmanager's have. Programs for mails want tables and styles in their places. */
export const emailTemplates = `{{ define "email.default.subject" }}{{ template "__subject" . }}{{ end }}

{{ define "__email_alert" }}<tr><td style="padding:12px 24px;border-top:1px solid #e3e6ea">
<div style="font-weight:600">{{ with .Labels.alertname }}{{ . }}{{ else }}(no name){{ end }}{{ with .Labels.severity }} <span style="font-weight:400;color:#667085">{{ . }}</span>{{ end }}</div>
{{ with .Annotations.summary }}<div style="padding-top:4px">{{ . }}</div>{{ end }}
{{ with .Annotations.description }}<div style="padding-top:4px;white-space:pre-wrap">{{ . }}</div>{{ end }}
<table role="presentation" cellpadding="0" cellspacing="0" style="padding-top:8px;font-size:13px;color:#475467">
{{ range .Labels.SortedPairs }}{{ if and (ne .Name "alertname") (ne .Name "severity") }}<tr><td style="padding:1px 16px 1px 0;vertical-align:top;color:#667085">{{ .Name }}</td><td style="word-break:break-word">{{ .Value }}</td></tr>
{{ end }}{{ end }}{{ range .Annotations.SortedPairs }}{{ if and (ne .Name "summary") (ne .Name "description") }}<tr><td style="padding:1px 16px 1px 0;vertical-align:top;color:#667085">{{ .Name }}</td><td style="word-break:break-word">{{ if match "^https?://" .Value }}<a href="{{ .Value }}" style="color:#175cd3">{{ .Value }}</a>{{ else }}{{ .Value }}{{ end }}</td></tr>
{{ end }}{{ end }}<tr><td style="padding:1px 16px 1px 0;color:#667085">since</td><td>{{ .StartsAt.UTC.Format "2006-01-02 15:04:05 MST" }}</td></tr>
{{ if eq .Status "resolved" }}<tr><td style="padding:1px 16px 1px 0;color:#667085">until</td><td>{{ .EndsAt.UTC.Format "2006-01-02 15:04:05 MST" }}</td></tr>
{{ end }}</table>
{{ if match "^https?://" .GeneratorURL }}<div style="padding-top:6px;font-size:13px"><a href="{{ .GeneratorURL }}" style="color:#175cd3">Where it comes from</a></div>{{ end }}
</td></tr>
{{ end }}

{{ define "__email_heading" }}<tr><td style="padding:16px 24px 8px;font-size:12px;font-weight:600;letter-spacing:.04em;text-transform:uppercase;color:#667085">{{ . }}</td></tr>
{{ end }}

{{ define "email.default.html" }}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ template "__subject" . }}</title>
</head>
<body style="margin:0;padding:24px 8px;background:#f2f4f7;color:#101828;font:14px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<table role="presentation" align="center" cellpadding="0" cellspacing="0" style="width:100%;max-width:640px;margin:0 auto;background:#ffffff;border:1px solid #e3e6ea;border-radius:6px">
<tr><td style="padding:16px 24px;border-radius:5px 5px 0 0;color:#ffffff;background:{{ if eq .Status "firing" }}#b42318{{ else }}#067647{{ end }}">
<div style="font-size:18px;font-weight:600">{{ if gt (len .Alerts.Firing) 0 }}{{ .Alerts.Firing | len }} firing{{ if gt (len .Alerts.Resolved) 0 }}, {{ end }}{{ end }}{{ if gt (len .Alerts.Resolved) 0 }}{{ .Alerts.Resolved | len }} resolved{{ end }}</div>
<div style="padding-top:2px">{{ range .GroupLabels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end }}</div>
</td></tr>
{{ if gt (len .Alerts.Firing) 0 }}{{ template "__email_heading" "Firing" }}{{ range .Alerts.Firing }}{{ template "__email_alert" . }}{{ end }}{{ end }}{{ if gt (len .Alerts.Resolved) 0 }}{{ template "__email_heading" "Resolved" }}{{ range .Alerts.Resolved }}{{ template "__email_alert" . }}{{ end }}{{ end }}<tr><td style="padding:12px 24px;border-top:1px solid #e3e6ea;font-size:12px;color:#667085">For the receiver {{ .Receiver }}{{ if match "^https?://" .ExternalURL }}; <a href="{{ template "__alertmanagerURL" . }}" style="color:#175cd3">all alerts of it</a>{{ end }}</td></tr>
</table>
</body>
</html>
{{ end }}`;
