using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// Makes a control group for each attempt, below this process's own, where the host allows that (root, or a group that was delegated to us).
/// What leaves its process group and sheds its mark is caught in it; without one it escapes.
/// </summary>
internal sealed partial class ControlGroups : IHostedService, IDisposable
{
    private readonly ILogger logger;
    private readonly Lazy<(ControlGroupPlace? Place, string Why)> found;
    private readonly string name = string.Create(CultureInfo.InvariantCulture, $"toolruntime-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
    private int count;

    public ControlGroups(ILogger<ControlGroups> logger)
        : this(logger, ControlGroupPlaces.Find)
    {
    }

    /// <param name="logger">Says what was found.</param>
    /// <param name="places">Where to try.</param>
    public ControlGroups(ILogger<ControlGroups> logger, Func<IEnumerable<ControlGroupPlace>> places)
    {
        this.logger = logger;
        found = new(() => Try(places()));
    }

    /// <summary>Whether attempts get one. Tried once, with a real process.</summary>
    public bool Available => found.Value.Place is not null;

    /// <summary>Why not.</summary>
    public string WhyNot => found.Value.Why;

    /// <summary>The group that all attempts' groups are in; null where there are none.</summary>
    public string? Folder => found.Value.Place is { } place ? Path.Combine(place.Folder, name) : null;

    /// <summary>A new, empty one; null where there are none.</summary>
    public ControlGroup? Create()
    {
        if (Folder is not { } folder) return null;
        try
        {
            return new(Directory.CreateDirectory(Path.Combine(folder, Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture))).FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogFailed(exception);
            return null;
        }
    }

    /// <summary>Moves the process in, before it runs anything; null if that can't be.</summary>
    public ControlGroup? CreateWith(int pid)
    {
        if (Create() is not { } group) return null;
        try
        {
            group.Add(pid);
            return group;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // One that is gone already can't be moved, which is no fault.
            if (ProcessTable.IsRunning(pid)) LogFailed(exception);
            group.TryRemove();
            return null;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (found.Value.Place is { } place) LogAvailable(place.Version, place.Folder);
        else LogUnavailable(WhyNot);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What is left is the watchdog's to end.</summary>
    public void Dispose()
    {
        if (found.IsValueCreated && Folder is { } folder && Directory.Exists(folder) && Directory.GetDirectories(folder).Length == 0) new ControlGroup(folder).TryRemove();
    }

    private (ControlGroupPlace? Place, string Why) Try(IEnumerable<ControlGroupPlace> places)
    {
        var why = "No control groups are mounted.";
        foreach (var place in places)
        {
            try
            {
                Probe(Path.Combine(place.Folder, $"{name}-probe"));
                return (place, "");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
            {
                why = $"Version {place.Version}: {exception.Message}";
            }
        }

        return (null, why);
    }

    private static void Probe(string folder)
    {
        var group = new ControlGroup(Directory.CreateDirectory(folder).FullName);
        using var process = new Process { StartInfo = new("/bin/sh", ["-c", "read -r line"]) { RedirectStandardInput = true } };
        try
        {
            Inheritance.Start(process);
            using var input = process.StandardInput;
            group.Add(process.Id);
            group.Kill();
            if (!process.WaitForExit(TimeSpan.FromSeconds(5))) throw new IOException("A process in a control group can't be ended.");
        }
        finally
        {
            for (var left = 100; !group.TryRemove() && left > 0; left--) Thread.Sleep(1);
        }
    }
}
