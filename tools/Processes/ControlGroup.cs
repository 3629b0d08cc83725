using System.Globalization;

namespace ToolRuntime.Tools.Processes;

/// <summary>The control group of one attempt: all that its process starts is in it, whatever environment, session or parent it gave itself.</summary>
internal sealed class ControlGroup(string folder)
{
    private const string Processes = "cgroup.procs";

    public string Folder => folder;

    /// <summary>Moves a process in. What it starts from now on is in it from its start.</summary>
    /// <exception cref="IOException">It may not be moved, or is gone.</exception>
    public void Add(int pid) => Write(Processes, pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>What still runs in it.</summary>
    public IEnumerable<int> Members()
    {
        foreach (var group in WithInner())
        {
            foreach (var line in Lines(Path.Combine(group, Processes)))
            {
                if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && ProcessTable.IsRunning(pid)) yield return pid;
            }
        }
    }

    /// <summary>Kills all that is in it: at once where the kernel does that (version 2), else one by one, and then it has to be repeated.</summary>
    public void Kill()
    {
        if (TryWrite("cgroup.kill", "1")) return;
        TryWrite("pids.max", "0");
        foreach (var pid in Members()) _ = Libc.Kill(pid, Signal.Kill);
    }

    /// <summary>Removes the empty group; false while something in it is still ending.</summary>
    public bool TryRemove()
    {
        try
        {
            foreach (var group in WithInner().AsEnumerable().Reverse()) Directory.Delete(group);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A command with the rights to do so may have made groups inside.
    private string[] WithInner() => Directory.Exists(folder) ? [folder, .. Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)] : [];

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private bool TryWrite(string file, string text)
    {
        try
        {
            Write(file, text);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Write(string file, string text)
    {
        using var handle = File.OpenHandle(Path.Combine(folder, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(handle, System.Text.Encoding.ASCII.GetBytes(text), 0);
    }
}
