using System.Collections.Immutable;
using ToolRuntime.Tools.Code;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Sandboxes;

/// <summary>A command for a sandbox.</summary>
/// <param name="File">The program: a path, or a name that is looked up in PATH there.</param>
/// <param name="Arguments">Its arguments, passed as they are.</param>
/// <param name="Folder">Where it starts, as the call names it.</param>
/// <param name="Environment">Its variables, by <see cref="ISandbox.HomeOf"/>.</param>
/// <param name="Drain">How long its output may go on after its exit.</param>
internal sealed record SandboxCommand(
    string File, ImmutableArray<string> Arguments, string Folder, IReadOnlyDictionary<string, string> Environment, OutputDrain Drain)
{
    /// <summary>What it reads before what people type.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Whether people type into it.</summary>
    public bool TakesInput { get; init; }

    /// <summary>The terminal that it has instead of pipes.</summary>
    public TerminalRequest? Terminal { get; init; }

    /// <summary>Told of the process as soon as it runs, where it is one on the silo's host.</summary>
    public Action<ToolProcess>? Started { get; init; }

    /// <summary>Whether it may be run again when nobody knows how far it came.</summary>
    public bool Idempotent { get; init; }

    /// <summary>A program's source, which lies in its folder while it runs.</summary>
    public ProgramSource? Source { get; init; }

    /// <summary>How the files are to be looked for that it leaves; null: they are not.</summary>
    public CodeOptions? Changes { get; init; }
}

/// <summary>A program's source.</summary>
/// <param name="Language">What it is written in, for a person.</param>
/// <param name="Name">The name that its file has meanwhile.</param>
/// <param name="Text">The program.</param>
internal sealed record ProgramSource(string Language, string Name, string Text);

/// <summary>How a command ended.</summary>
/// <param name="Process">Its exit.</param>
/// <param name="Changes">The files that it left, if they were asked for.</param>
internal sealed record SandboxEnd(ProcessEnd Process, FileChanges Changes);
