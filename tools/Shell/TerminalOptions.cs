using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Shell;

/// <summary>Settings of terminals, section <c>ToolRuntime:Terminal</c>.</summary>
public sealed class TerminalOptions
{
    /// <summary>How long nothing may be typed into or printed by one of the tool <c>terminal</c> before it is ended. 1 s to 7 days, default 2 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long one of the tool <c>terminal</c> may be open at all, pauses not counted. 1 s to 7 days, default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Total { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Bytes of a terminal's output that are kept from its end. At least 128 KB, default 64 MB.</summary>
    [Range(128 * 1024, 1L << 40)]
    public long KeptBytes { get; set; } = 64 << 20;

    /// <summary>Whether turns, questions and their answers, are looked for in what terminals print. Default true.</summary>
    public bool Turns { get; set; } = true;

    /// <summary>Whether a bash, zsh or fish that is opened on a terminal is told to mark its prompts and commands; a call may say no. Default true.</summary>
    public bool ShellIntegration { get; set; } = true;

    /// <summary>A folder with more rules for programs, which go before those that come with the product. Default none.</summary>
    public string? RulesFolder { get; set; }
}
