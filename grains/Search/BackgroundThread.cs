using System.Runtime.InteropServices;

namespace ToolRuntime.Search;

/// <summary>Has a thread go after others. .NET's thread priorities do nothing on Linux, where a thread has a niceness of its own.</summary>
internal static partial class BackgroundThread
{
    private const int OfThread = 0; // PRIO_PROCESS, with 0 for the thread that calls
    private const int Nice = 10;

    public static void Yield()
    {
        if (OperatingSystem.IsLinux()) _ = SetPriority(OfThread, 0, Nice);
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
