using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Tools;
using ToolRuntime.Tracing;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>POST /v1/client-errors</c>: a client's fault goes to the log, shortened and without secrets; few of each key.</summary>
internal sealed partial class ClientErrorEndpoint(
    IOptions<HttpOptions> options, ConnectionOptions limits, IRedactor redactor, GatewayMeter meter, ILogger<ClientErrorEndpoint> logger)
{
    private const int MaxBytes = 16_384;
    private const int MaxLogged = 8_192;

    private readonly Counter<long> reports = meter.Meter.CreateCounter<long>(
        "toolruntime_client_errors", description: "Faults that clients have reported, by what became of the report.");

    public async Task TakeAsync(HttpContext context)
    {
        var identity = Identity.Of(context);
        var refusal = identity.Usage.TakeErrorReport(options.Value.ClientErrorsPerMinute) ?? await LogAsync(context, identity);
        reports.Add(1, new KeyValuePair<string, object?>("outcome", refusal is null ? "logged" : "refused"));
        if (refusal is not null)
        {
            await HttpErrors.WriteAsync(context, refusal);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await HttpJson.WriteAsync(context, _ => { });
    }

    private async Task<Rejection?> LogAsync(HttpContext context, Identity identity)
    {
        var body = await RequestBody.ReadAsync(context, limits, MaxBytes);
        if (body.Value is not { } json) return body.Error;
        if (!CommandEnvelope.TryReadObject(json, out _, out var problem)) return new(ErrorCode.InvalidCommand, problem);
        using var document = JsonDocument.Parse(json);
        var (report, refusal) = ClientErrorReport.Read(document.RootElement);
        if (report is null) return refusal;
        using var scope = LogScope.Begin(logger, identity.Key(report.Session ?? ""));
        LogReported(identity.Subject, Clean(report.Client), Clean(report.Page), Clean(report.Name), Clean(report.Message), Clean(report.Stack));
        return null;
    }

    /// <summary>One line without secrets.</summary>
    private string Clean(string? text) =>
        text is null ? "-" : WireText.Of(Encoding.UTF8.GetBytes(WireText.WithoutQueries(text)), MaxLogged, redactor);

    [LoggerMessage(6101, LogLevel.Warning, "A client of {Subject} ({Client}, {Page}) reports {Name}: {Message} {Stack}")]
    private partial void LogReported(string subject, string client, string page, string name, string message, string stack);
}
