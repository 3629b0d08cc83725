using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Shell;

namespace ToolRuntime.Tools.Code;

/// <summary>Runs a program in the session's workspace and reports the files that it leaves there.</summary>
internal sealed class CodeTool(IOptions<CodeOptions> options, IOptions<ShellOptions> shell, CommandRuns runs) : ITool
{
    private const int MaxSaid = 5;

    private readonly CommandPolicy policy = new(shell.Value);
    private readonly ShellEnvironment environment = new(shell.Value);
    private readonly OutputDrain drain = new(shell.Value.DrainQuiet, shell.Value.DrainLongest);

    public ToolDescriptor Descriptor { get; } = runs.Describe(CodeDescriptor.Create(shell.Value));

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var language = CodeLanguage.Of(call.FindText("language"));
        var program = language.Interpreter(options.Value);
        string[] arguments = [.. call.Find("arguments")?.EnumerateArray().Select(argument => argument.GetString()!) ?? []];
        if (arguments.Any(argument => argument.Contains('\0', StringComparison.Ordinal))) return Refused(ToolErrorCodes.InvalidArguments, "An argument has a NUL character.");
        if (program.Length == 0) return Refused("interpreter_missing", $"{language.Name} is not offered on this server.");
        if (policy.Refusal(program) is { } refusal) return Refused("command_denied", refusal);
        if (environment.For(context.Workspace, call.Find("environment"), out var denied) is not { } variables) return ToolResult.Failure(denied!);
        foreach (var (name, value) in language.Environment) variables.TryAdd(name, value);
        if (!Interpreters.Exists(program, variables["PATH"], runs.Shows)) return Refused("interpreter_missing", $"{language.Name} is not installed on this server: there is no '{program}'.");

        try
        {
            using var workspace = WorkspaceFolder.Open(context.Workspace);
            using var folder = workspace.OpenFolder(call.FindText("workingDirectory") ?? ".");
            await using var source = await SourceFile.WriteAsync(folder, context, language, call.GetText("source"), cancellationToken);
            ProcessCommand command = new(program, [.. language.Before, source.Name, .. language.After, .. arguments], folder.RealPath, variables);
            var input = Encoding.UTF8.GetBytes(call.FindText("stdin") ?? "");
            return await RunAsync(new(command, drain, input), context, source.WrittenAt, cancellationToken);
        }
        catch (FileToolException exception)
        {
            return ToolResult.Failure(exception.Error);
        }
    }

    /// <summary>That one program is slow says nothing about others.</summary>
    public string? CircuitOf(ToolCall call) => null;

    private Task<ToolResult> RunAsync(CommandRun run, IToolContext context, long start, CancellationToken cancellationToken)
    {
        var changes = new WorkspaceChanges(options.Value, cancellationToken);
        var before = changes.Look(context.Workspace);
        return runs.RunAsync(run, context, End, cancellationToken);

        ToolResult End(ProcessEnd end)
        {
            var changed = changes.Between(before, changes.Look(context.Workspace), start);
            context.Counters.AddFiles(changed.Count(change => change.Change == "created"));
            return ExitResult.For(end, "program", json => changes.Write(json, changed), Said(changed));
        }
    }

    private static string Said(IReadOnlyList<FileChange> changes)
    {
        if (changes.Count == 0) return "";
        var more = changes.Count > MaxSaid ? $" and {changes.Count - MaxSaid} more" : "";
        return $" Files: {string.Join(", ", changes.Take(MaxSaid).Select(change => $"{change.Path} ({change.Change})"))}{more}.";
    }

    private static ToolResult Refused(string code, string message) => ToolResult.Failure(new(code, message));
}
