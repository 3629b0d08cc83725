using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sharing;
using ToolRuntime.Silo.Hosting;
using ToolRuntime.Tools;
using ToolRuntime.Tracing;

namespace ToolRuntime.Gateway.Telemetry;

/// <summary>Logs what goes over the wire, where that is wanted: for whoever looks for a fault of a client. Credentials are no part of it.</summary>
internal sealed class WireLog(IOptions<LogOptions> options, IServiceProvider services, ILogger<WireLog> logger)
{
    private readonly Lazy<IRedactor?> redactor = new(services.GetService<IRedactor>);

    public bool IsOn => options.Value.Wire && logger.IsEnabled(LogLevel.Information);

    /// <summary>What logs one connection or request; null while nothing is logged.</summary>
    public WireTap? Tap(string name, Identity? identity)
    {
        if (!IsOn) return null;
        return new(name, options.Value.WireCharacters, redactor.Value, identity is null ? logger : LogScope.Of(logger, identity.Key("")));
    }
}

/// <summary>Logs one connection or request.</summary>
internal sealed partial class WireTap(string name, int length, IRedactor? redactor, ILogger logger)
{
    public void Received(ReadOnlySpan<byte> frame) => LogReceived(logger, name, frame.Length, WireText.Of(frame, length, redactor));

    public void Sent(ReadOnlySpan<byte> frame) => LogSent(logger, name, frame.Length, WireText.Of(frame, length, redactor));

    /// <summary>An HTTP request has been answered. Its query is left out.</summary>
    public void Answered(HttpContext context) =>
        LogAnswered(logger, name, context.Request.Method, SharePath.ForLog(context.Request.Path), context.Response.StatusCode);

    [LoggerMessage(6001, LogLevel.Information, "{Connection} <- {Bytes} B {Frame}")]
    private static partial void LogReceived(ILogger logger, string connection, int bytes, string frame);

    [LoggerMessage(6002, LogLevel.Information, "{Connection} -> {Bytes} B {Frame}")]
    private static partial void LogSent(ILogger logger, string connection, int bytes, string frame);

    [LoggerMessage(6003, LogLevel.Information, "{Connection} {Method} {Path} {Status}")]
    private static partial void LogAnswered(ILogger logger, string connection, string method, PathString path, int status);
}
