using System.Collections.Immutable;

namespace ToolRuntime.Tools.Processes;

/// <summary>What to start.</summary>
/// <param name="File">The program: a path, or a name that is looked up in the command's own PATH.</param>
/// <param name="Arguments">Its arguments, passed as they are.</param>
/// <param name="WorkingDirectory">Absolute; it exists.</param>
/// <param name="Environment">All that the process gets to see, apart from the marks by which it is found again.</param>
internal sealed record ProcessCommand(
    string File, ImmutableArray<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment);
