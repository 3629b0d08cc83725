using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Shell;

/// <summary>
/// Settings of the <c>shell</c> tool, section <c>ToolRuntime:Shell</c>. Entries that configuration adds to a list come on top of its
/// defaults.
/// </summary>
public sealed class ShellOptions
{
    /// <summary>
    /// Longest run of one command, pauses not counted; a call may ask for less. 1 s to 1 h. Default: that of every tool (60 s), and a call
    /// may ask for up to 1 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan? MaxRunTime { get; set; }

    /// <summary>
    /// How long what a command left in the background, and holds its output, may be silent after the command's exit before it is ended. 0
    /// to 1 min, default 2 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DrainQuiet { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it may go on at most, whatever it writes. 0 to 10 min, default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainLongest { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// If not empty, only these commands may run: <c>/regular expression/</c> on the whole command line, or the name that every command in
    /// the line must have one of. Default empty, everything may run. A guard against accidents and not a sandbox: a shell has too many ways
    /// to say a thing.
    /// </summary>
    public IList<string> Allow { get; } = [];

    /// <summary>
    /// Commands that are refused, written as in <see cref="Allow"/>, before it is looked at. Default: what halts the machine.
    /// </summary>
    public IList<string> Deny { get; } = ["halt", "poweroff", "reboot", "shutdown"];

    /// <summary>Names of the silo's environment variables that commands see besides PATH. Default none.</summary>
    public IList<string> PassEnvironment { get; } = [];

    /// <summary>Regular expressions for the names of variables that a call may set. Default: every usual name.</summary>
    public IList<string> AllowEnvironment { get; } = ["^[A-Za-z_][A-Za-z0-9_]*$"];

    /// <summary>Regular expressions for names that a call may not set. Default: what changes which code a shell or program runs.</summary>
    public IList<string> DenyEnvironment { get; } = ["^(LD_|BASH_|TOOLRUNTIME_|GLIBC_|MALLOC_)", "^(ENV|HOME|IFS|PATH|SHELLOPTS|BASHOPTS|PS4|GCONV_PATH|LOCPATH|NLSPATH)$"];

    /// <summary>The commands' LANG. Default <c>C.UTF-8</c>.</summary>
    [Required]
    public string Lang { get; set; } = "C.UTF-8";

    /// <summary>
    /// The commands' TERM. Their output is no terminal, whatever this says. Default <c>xterm-256color</c>, for those that are told to use
    /// colours.
    /// </summary>
    [Required]
    public string Term { get; set; } = "xterm-256color";
}
