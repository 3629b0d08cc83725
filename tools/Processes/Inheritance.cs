using System.Globalization;
using System.Runtime.InteropServices;

namespace ToolRuntime.Tools.Processes;

/// <summary>Keeps from children what they would inherit of this process by accident.</summary>
internal static class Inheritance
{
    // A C function that takes a number and touches nothing. A handler in C# could run where managed code must not.
    private static readonly nint DoNothing = NativeLibrary.GetExport(NativeLibrary.Load("libc", typeof(Libc).Assembly, null), "abs");

    /// <summary>To be called before a process is started; cheap, and repeating it does no harm.</summary>
    public static void Prevent()
    {
        // .NET ignores SIGPIPE and lets children inherit that, which a shell can't undo: "yes | head" would end with an error message.
        // A signal with a handler of its own is set back to its default in children.
        _ = Libc.Handle(Signal.BrokenPipe, DoNothing);

        // What .NET opens closes itself in children. What the parent of this process left open does not, and a child that outlives
        // this process would keep it open: a lock, or a pipe that somebody waits on.
        foreach (var entry in Directory.GetFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out var descriptor) && descriptor > 2)
            {
                _ = Libc.Control(descriptor, Libc.SetDescriptorFlags, Libc.CloseOnExec);
            }
        }
    }
}
