using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests.Support;

/// <summary>Commands that print until they are let go, so that they run when something happens, however slow the machine is.</summary>
internal sealed class HeldCommands : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-held-");

    private string Word => Path.Combine(folder.FullName, "go");

    public ToolUse Command(MarkedProcesses processes, bool idempotent) =>
        ToolUse.Shell(processes, $"i=0; while [ ! -e {Word} ]; do echo line $((i++)); sleep 0.1; done; echo line $i", idempotent);

    /// <summary>All end, also those that begin later.</summary>
    public void LetGo() => File.WriteAllText(Word, "");

    public void Dispose() => folder.Delete(recursive: true);
}
