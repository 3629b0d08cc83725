using System.Diagnostics;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>A disk of a few megabytes that can be filled up and emptied again.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly bool mounted;

    public SmallDisk(int megabytes)
    {
        mounted = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "none", Path) == 0;
        Assert.True(mounted, "Mounting a tmpfs takes root and CAP_SYS_ADMIN.");
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("small-disk-").FullName;

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Leaves no byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        foreach (var size in (int[])[65_536, 4_096, 1])
        {
            try
            {
                while (true) file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // Full at this size.
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        if (mounted) _ = Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }
}
