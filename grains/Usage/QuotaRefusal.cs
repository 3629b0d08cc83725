using System.Globalization;

namespace ToolRuntime.Usage;

/// <summary>What a call that is over a quota is told, and its model.</summary>
internal static class QuotaRefusal
{
    /// <summary>It can't be told what is used, and the settings say that calls wait for that.</summary>
    public static ToolError Unknown { get; } =
        new(ToolErrorCodes.Unavailable, "What is used of the quotas can't be told just now, so the tool was not run.", Retryable: true);

    public static ToolError Of(QuotaStanding full, string tool, DateTimeOffset now) => new(
        ToolErrorCodes.QuotaExceeded,
        Message(full, tool),
        Retryable: false,
        RetryAfterMs: (long)Math.Ceiling((full.Until - now).TotalMilliseconds),
        Details: Details(full));

    private static string Message(QuotaStanding full, string tool)
    {
        var whose = full.Scope.StartsWith("user", StringComparison.Ordinal) ? "user" : "tenant";
        var which = full.Tool is null ? "for tools" : $"for the tool '{full.Tool}'";
        var used = string.Create(CultureInfo.InvariantCulture, $"{full.Used} of {full.Limit} {full.Measure} a {full.Period}");
        var until = full.Until.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return $"The {whose}'s quota {which} is used up: {used}. '{tool}' was not run; it can be called again from {until} UTC on.";
    }

    private static JsonText Details(QuotaStanding full) => JsonText.Object(json =>
    {
        json.WriteString("scope", full.Scope);
        if (full.Tool is not null) json.WriteString("tool", full.Tool);
        json.WriteString("measure", full.Measure);
        json.WriteString("period", full.Period);
        json.WriteNumber("limit", full.Limit);
        json.WriteNumber("used", full.Used);
        json.WriteString("until", full.Until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    });
}
