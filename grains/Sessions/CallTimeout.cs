using System.Text.Json;
using ToolRuntime.Tools;

namespace ToolRuntime.Sessions;

/// <summary>How long an attempt of a call may take, and what the call asked for.</summary>
/// <param name="Ms">What holds.</param>
/// <param name="AskedMs">What the call asked for, by its field or its arguments, the shorter of both; null where it did not.</param>
internal readonly record struct CallTimeout(int Ms, int? AskedMs)
{
    /// <summary>Less than asked for is granted.</summary>
    public bool IsCapped => AskedMs > Ms;

    /// <summary>The tool's bound counts, whichever way it was asked.</summary>
    public static CallTimeout Of(ToolDescriptor? tool, JsonText arguments, int? timeoutMs, TimeSpan otherwise)
    {
        var argument = tool?.TimeoutArgument is { } name ? Argument(arguments, name) : null;
        var asked = timeoutMs < argument ? timeoutMs : argument ?? timeoutMs;
        if (asked is not { } ms) return new(tool?.TimeoutMs ?? (int)otherwise.TotalMilliseconds, null);
        return new(Math.Min(ms, tool?.MaxTimeoutMs ?? ms), ms);
    }

    /// <summary>Not beyond the batch's own end, if it was asked for.</summary>
    public CallTimeout Within(TimeSpan wait) => AskedMs is null ? this : this with { Ms = (int)Math.Min(Ms, wait.TotalMilliseconds) };

    // A model's arguments may be anything.
    private static int? Argument(JsonText arguments, string name)
    {
        var element = arguments.ToElement();
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number
            && value.GetDouble() is >= 1 and <= int.MaxValue and var ms ? (int)ms : null;
    }
}
