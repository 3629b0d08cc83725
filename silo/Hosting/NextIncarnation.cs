using System.Collections;
using System.Runtime.InteropServices;

namespace ToolRuntime.Silo.Hosting;

/// <summary>
/// Makes the process begin anew, with the same id and arguments and nothing else of what it was: a silo that is cut off can't stop well, for that takes the store it
/// does not reach, and until its connections break the others believe it alive. Its watchdogs see its pipes close as if it had died.
/// </summary>
internal static partial class NextIncarnation
{
    private const string Variable = "TOOLRUNTIME_CUT_OFF";
    private const string Itself = "/proc/self/exe";
    private const int SigPipe = 13;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Whether this process is one that was cut off and has not come up yet: then it tries again until it does.</summary>
    public static bool IsAwaited { get; private set; } = Environment.GetEnvironmentVariable(Variable) is not null;

    /// <summary>It has come up.</summary>
    public static void Came() => IsAwaited = false;

    /// <summary>Begins anew; returns only where that can't be.</summary>
    public static void Begin()
    {
        if (IsAwaited) Thread.Sleep(Pause);
        var arguments = File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0');
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Where(variable => (string)variable.Key != Variable)
            .Select(variable => $"{variable.Key}={variable.Value}").Append($"{Variable}=1");
        // What is ignored stays so, also in programs that the next incarnation starts; handlers do not stay.
        _ = Signal(SigPipe, 0);
        _ = Execute(Itself, [.. arguments, null], [.. variables, null]);
    }

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);
}
