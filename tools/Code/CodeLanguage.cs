using System.Collections.Immutable;

namespace ToolRuntime.Tools.Code;

/// <summary>A language that the <c>code</c> tool runs.</summary>
/// <param name="Id">As calls name it.</param>
/// <param name="Name">For a person.</param>
/// <param name="Extension">Of its source files.</param>
/// <param name="Interpreter">Which program runs it, by the settings.</param>
/// <param name="Before">The interpreter's arguments before the source file.</param>
/// <param name="After">Those between the source file and the program's own.</param>
/// <param name="Environment">Variables that keep the interpreter from what has no place in an attempt.</param>
internal sealed record CodeLanguage(
    string Id,
    string Name,
    string Extension,
    Func<CodeOptions, string> Interpreter,
    ImmutableArray<string> Before,
    ImmutableArray<string> After,
    ImmutableDictionary<string, string> Environment)
{
    /// <summary>What is run where a call names none.</summary>
    public static CodeLanguage Default => All[0];

    // Output is to be seen as it is written, and no file of the interpreter's own to be left.
    private static readonly ImmutableDictionary<string, string> PythonVariables =
        Variables(("PYTHONUNBUFFERED", "1"), ("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONIOENCODING", "utf-8"), ("MPLBACKEND", "Agg"));

    private static readonly ImmutableDictionary<string, string> DotNetVariables = Variables(
        ("DOTNET_NOLOGO", "1"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"),
        ("MSBUILDDISABLENODEREUSE", "1"));

    /// <summary>All, the default first. C# is built without what needs packages from the network, and without servers that would outlive the build.</summary>
    public static ImmutableArray<CodeLanguage> All { get; } =
    [
        new("python", "Python", ".py", options => options.Python, [], [], PythonVariables),
        new("javascript", "JavaScript", ".mjs", options => options.JavaScript, [], [], Variables()),
        new("csharp", "C#", ".cs", options => options.CSharp, ["run", "-p:PublishAot=false", "-p:UseSharedCompilation=false"], ["--"], DotNetVariables),
        new("bash", "Bash", ".sh", options => options.Bash, [], [], Variables()),
    ];

    /// <summary>The one that a call names, or the default.</summary>
    public static CodeLanguage Of(string? id) => id is null ? Default : All.First(language => language.Id == id);

    private static ImmutableDictionary<string, string> Variables(params (string Name, string Value)[] all) =>
        all.ToImmutableDictionary(variable => variable.Name, variable => variable.Value);
}
