using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Sandboxes;
using ToolRuntime.Tools.Shell;

namespace ToolRuntime.Tools.Code;

/// <summary>Runs a program in the session's workspace and reports the files that it leaves there.</summary>
internal sealed class CodeTool(IOptions<CodeOptions> options, IOptions<ShellOptions> shell, ISandbox sandbox) : ITool
{
    private const int MaxSaid = 5;

    private readonly CommandPolicy policy = new(shell.Value);
    private readonly ShellEnvironment environment = new(shell.Value);
    private readonly OutputDrain drain = new(shell.Value.DrainQuiet, shell.Value.DrainLongest);

    public ToolDescriptor Descriptor { get; } = sandbox.Describe(CodeDescriptor.Create(shell.Value));

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var language = CodeLanguage.Of(call.FindText("language"));
        var program = language.Interpreter(options.Value);
        string[] arguments = [.. call.Find("arguments")?.EnumerateArray().Select(argument => argument.GetString()!) ?? []];
        if (arguments.Any(argument => argument.Contains('\0', StringComparison.Ordinal))) return Refused(ToolErrorCodes.InvalidArguments, "An argument has a NUL character.");
        if (program.Length == 0) return Refused("interpreter_missing", $"{language.Name} is not offered on this server.");
        if (policy.Refusal(program) is { } refusal) return Refused("command_denied", refusal);
        if (environment.For(sandbox.HomeOf(context), call.Find("environment"), out var denied) is not { } variables) return ToolResult.Failure(denied!);
        foreach (var (name, value) in language.Environment) variables.TryAdd(name, value);

        var source = new ProgramSource(language.Name, SourceFile.NameFor(context, language), call.GetText("source"));
        SandboxCommand command = new(program, [.. language.Before, source.Name, .. language.After, .. arguments], call.FindText("workingDirectory") ?? ".", variables, drain)
        {
            Source = source,
            Input = Encoding.UTF8.GetBytes(call.FindText("stdin") ?? ""),
            TakesInput = call.FindFlag("input"),
            Idempotent = call.FindFlag("idempotent"),
            Changes = options.Value,
        };
        try
        {
            return await sandbox.RunAsync(command, context, End, cancellationToken);
        }
        catch (FileToolException exception)
        {
            return ToolResult.Failure(exception.Error);
        }

        ToolResult End(SandboxEnd end)
        {
            context.Counters.AddFiles(end.Changes.Files.Count(change => change.Change == "created"));
            return ExitResult.For(end.Process, "program", json => end.Changes.Write(json, options.Value.MaxReported), Said(end.Changes.Files));
        }
    }

    /// <summary>That one program is slow says nothing about others.</summary>
    public string? CircuitOf(ToolCall call) => null;

    private static string Said(IReadOnlyList<FileChange> changes)
    {
        if (changes.Count == 0) return "";
        var more = changes.Count > MaxSaid ? $" and {changes.Count - MaxSaid} more" : "";
        return $" Files: {string.Join(", ", changes.Take(MaxSaid).Select(change => $"{change.Path} ({change.Change})"))}{more}.";
    }

    private static ToolResult Refused(string code, string message) => ToolResult.Failure(new(code, message));
}
