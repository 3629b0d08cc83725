using System.Diagnostics;
using System.Globalization;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Server;

/// <summary>A temporary folder on a disk; a folder of its own in it for each server. Gone at the end.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string root;
    private int made;

    public DataFolder(string? parent)
    {
        var folder = Path.GetFullPath(parent ?? Path.Combine(Repository.Root, "artifacts", "load"));
        root = Directory.CreateDirectory(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HHmmss}-{Environment.ProcessId}"))).FullName;
        FileSystem = new DriveInfo(Mount(root)).DriveFormat;
        if (FileSystem is "tmpfs" or "ramfs") throw new InvalidOperationException($"{root} is in memory ({FileSystem}); choose a folder on a disk with --data.");
    }

    public string FileSystem { get; }

    public string Next() => Directory.CreateDirectory(Path.Combine(root, (++made).ToString(CultureInfo.InvariantCulture))).FullName;

    /// <summary>How long a durable write of a page takes here, which bounds every commit.</summary>
    public Samples MeasureFsync()
    {
        var (samples, page, path) = (new Samples(), new byte[4_096], Path.Combine(root, "fsync"));
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            for (var i = 0; i < 200; i++)
            {
                var from = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, page, i * page.Length);
                RandomAccess.FlushToDisk(file);
                samples.Add(from, Stopwatch.GetTimestamp());
            }
        }

        File.Delete(path);
        return samples;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(root, recursive: true);
        }
        catch (IOException exception)
        {
            Console.Error.WriteLine($"{root} could not be removed: {exception.Message}");
        }
    }

    private static string Mount(string path) => File.ReadLines("/proc/mounts").Select(line => line.Split(' ')[1])
        .Where(mount => path.StartsWith(mount.TrimEnd('/') + "/", StringComparison.Ordinal)).MaxBy(mount => mount.Length) ?? "/";
}
