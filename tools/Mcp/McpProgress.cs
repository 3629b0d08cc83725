using ModelContextProtocol;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// A server's progress notifications as the attempt's progress: a percentage where the server knows the total, else how far it came. One that
/// goes back is left out.
/// </summary>
internal sealed class McpProgress(IToolContext context)
{
    private const string Stage = "running";
    private const int MaxMessage = 1_000;

    private readonly Lock gate = new();
    private double latest = double.NegativeInfinity;

    public void Report(ProgressNotificationValue value)
    {
        double progress = value.Progress;
        lock (gate)
        {
            if (!double.IsFinite(progress) || progress < latest) return;
            latest = progress;
            double? total = value.Total is { } given && float.IsFinite(given) && given > 0 ? given : null;
            var details = JsonText.Object(json =>
            {
                json.WriteNumber("progress", progress);
                if (total is { } all) json.WriteNumber("total", all);
            });
            _ = context.ReportProgressAsync(Stage, total is { } whole
                ? Math.Clamp(100 * progress / whole, 0, 100)
                : null, Message(value.Message), details).AsTask();
        }
    }

    private static string? Message(string? text) => string.IsNullOrWhiteSpace(text) ? null : McpText.Shorten(text, MaxMessage);
}
