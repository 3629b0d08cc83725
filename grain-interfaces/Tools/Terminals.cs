using System.Text.Json;
using System.Text.Json.Serialization;

namespace ToolRuntime.Tools;

/// <summary>How large a terminal is, in characters.</summary>
/// <param name="Cols">Columns, 1 to <see cref="Most"/>.</param>
/// <param name="Rows">1 to <see cref="Most"/>.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.TerminalSize")]
public readonly record struct TerminalSize(int Cols, int Rows)
{
    /// <summary>The most columns and rows.</summary>
    public const int Most = 1_000;

    /// <summary>Whether there can be such a terminal.</summary>
    [JsonIgnore]
    public bool IsPossible => Cols is >= 1 and <= Most && Rows is >= 1 and <= Most;
}

/// <summary>What people do to an attempt's terminal besides typing.</summary>
/// <param name="Size">Its size from now on; null: as it is.</param>
/// <param name="Signal">Sent to what its keys reach, by the name that <see cref="TerminalSignals"/> has; null: none.</param>
/// <param name="Stop">Whether the attempt is to end by itself, as a named process does; with a terminal or without.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.TerminalControl")]
public sealed record TerminalControl(TerminalSize? Size = null, string? Signal = null, bool Stop = false);

/// <summary>Signals that may be sent to a terminal's foreground.</summary>
public static class TerminalSignals
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["SIGHUP", "SIGINT", "SIGQUIT", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGTERM", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGWINCH"];
}

/// <summary>A tool's terminals.</summary>
/// <param name="Always">Whether every call has one, by its arguments <c>cols</c> and <c>rows</c>; else one whose arguments have <c>terminal</c> with these.</param>
/// <param name="KeptBytes">How many of the newest bytes of its output are kept.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolTerminal")]
public sealed record ToolTerminal(bool Always, long KeptBytes)
{
    /// <summary>What a terminal has whose call says nothing.</summary>
    public static TerminalSize UsualSize { get; } = new(80, 24);

    /// <summary>The terminal that a call is to have; null: none.</summary>
    /// <param name="arguments">The call's.</param>
    public TerminalSize? SizeFor(JsonElement arguments)
    {
        var asked = arguments;
        if (arguments.ValueKind != JsonValueKind.Object || (!Always && !arguments.TryGetProperty("terminal", out asked)) || asked.ValueKind != JsonValueKind.Object) return null;
        return new(Number(asked, "cols") ?? UsualSize.Cols, Number(asked, "rows") ?? UsualSize.Rows);
    }

    private static int? Number(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.TryGetDouble(out var number) ? (int)number : null;
}
