using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Code;

/// <summary>
/// Settings of the <c>code</c> tool, section <c>ToolRuntime:Code</c>. Run times, variables and the lists of commands are those of <c>ToolRuntime:Shell</c>:
/// a language whose interpreter may not be run there is not run here.
/// </summary>
public sealed class CodeOptions
{
    /// <summary>The interpreter of Python: a path, or a name that is looked up in PATH. Empty: no Python. Default <c>python3</c>.</summary>
    [Required(AllowEmptyStrings = true)]
    public string Python { get; set; } = "python3";

    /// <summary>That of JavaScript. Default <c>node</c>.</summary>
    [Required(AllowEmptyStrings = true)]
    public string JavaScript { get; set; } = "node";

    /// <summary>That of C#, a .NET SDK 10 or later. Default <c>dotnet</c>.</summary>
    [Required(AllowEmptyStrings = true)]
    public string CSharp { get; set; } = "dotnet";

    /// <summary>That of Bash. Default <c>bash</c>.</summary>
    [Required(AllowEmptyStrings = true)]
    public string Bash { get; set; } = "bash";

    /// <summary>How many entries of a workspace are looked at to find which files a program left. 1 to 1,000,000, default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxScanned { get; set; } = 20_000;

    /// <summary>How many of these files a result names. 1 to 1,000, default 100.</summary>
    [Range(1, 1_000)]
    public int MaxReported { get; set; } = 100;
}
