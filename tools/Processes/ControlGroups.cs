using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// Makes a control group for each attempt, below this process's own, where the host allows that (root, or a group that was delegated to us).
/// What leaves its process group and sheds its mark is caught in it; without one it escapes.
/// </summary>
internal sealed partial class ControlGroups : IHostedService, IDisposable
{
    private readonly ILogger logger;
    private readonly Lazy<(ControlGroupPlace? Place, string Why)> found;
    private readonly Lazy<ImmutableArray<Controller>> controllers;
    private readonly ControlGroupLimits limits;
    private readonly string name = string.Create(CultureInfo.InvariantCulture, $"toolruntime-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
    private int count;

    public ControlGroups(ILogger<ControlGroups> logger, IOptions<ProcessOptions> options)
        : this(logger, ControlGroupPlaces.Find, ControlGroupLimits.Of(options.Value))
    {
    }

    /// <param name="logger">Says what was found.</param>
    /// <param name="places">Where to try.</param>
    /// <param name="limits">What each group may hold.</param>
    public ControlGroups(ILogger<ControlGroups> logger, Func<IEnumerable<ControlGroupPlace>> places, ControlGroupLimits? limits = null)
    {
        (this.logger, this.limits) = (logger, limits ?? new());
        found = new(() => Try(places()));
        controllers = new(FindControllers);
    }

    /// <summary>Whether attempts get one. Tried once, with a real process.</summary>
    public bool Available => found.Value.Place is not null;

    /// <summary>Why not.</summary>
    public string WhyNot => found.Value.Why;

    /// <summary>The group that all attempts' groups are in; null where there are none.</summary>
    public string? Folder => found.Value.Place is { } place ? Path.Combine(place.Folder, name) : null;

    /// <summary>The folders of other hierarchies that attempts' groups are in as well.</summary>
    public IEnumerable<string> SeparateFolders => controllers.Value.Select(controller => controller.Folder).OfType<string>().Distinct();

    /// <summary>The limits that are wanted and that there is a controller for.</summary>
    public ControlGroupLimits Limits => new(
        Has("memory") ? limits.MemoryBytes : null, Has("pids") ? limits.Processes : null, Has("cpu") ? limits.Processors : null);

    /// <summary>What is wanted and not to be had here.</summary>
    public IEnumerable<string> Missing
    {
        get
        {
            if (limits.MemoryBytes is not null && !Has("memory")) yield return "memory limit: no control group of memory";
            if (limits.Processes is not null && !Has("pids")) yield return "process limit: no control group of pids";
            if (limits.Processors is not null && !Has("cpu")) yield return "processor limit: no control group of cpu";
        }
    }

    /// <summary>A new, empty one; null where there are none.</summary>
    /// <param name="limited">Whether the limits of attempts hold for it.</param>
    public ControlGroup? Create(bool limited = true)
    {
        if (Folder is not { } folder) return null;
        var number = Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture);
        var group = new ControlGroup(Path.Combine(folder, number), [.. controllers.Value.Select(each => each with { Folder = each.Folder is { } own ? Path.Combine(own, number) : null })]);
        try
        {
            Directory.CreateDirectory(group.Folder);
            group.Limit(limited ? limits : new());
            return group;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogFailed(exception);
            group.TryRemove();
            return null;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (found.Value.Place is { } place) LogAvailable(place.Version, place.Folder);
        else LogUnavailable(WhyNot);
        foreach (var missing in Missing) LogMissing(missing);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What is left is the watchdog's to end.</summary>
    public void Dispose()
    {
        if (!found.IsValueCreated || Folder is not { } all) return;
        foreach (var folder in controllers.IsValueCreated ? SeparateFolders.Append(all) : [all])
        {
            if (Directory.Exists(folder) && Directory.GetDirectories(folder).Length == 0) new ControlGroup(folder).TryRemove();
        }
    }

    private bool Has(string controller) => controllers.Value.Any(each => each.Name == controller);

    private ImmutableArray<Controller> FindControllers()
    {
        if (found.Value.Place is not { } place || Folder is not { } folder) return [];
        try
        {
            Directory.CreateDirectory(folder);
            return [.. Controllers.Find(place, folder, name, ControlGroupPlaces.FindControllers()).Where(each => each.Folder is not { } own || Lets(own))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
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

    // One that no process may enter would keep every attempt from its start.
    private bool Lets(string folder)
    {
        try
        {
            Probe(Path.Combine(folder, "probe"));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            LogRefused(folder, exception);
            return false;
        }
    }

    private static void Probe(string folder)
    {
        var group = new ControlGroup(Directory.CreateDirectory(folder).FullName);
        string[] enter = ["-c", "echo 0 >\"$1\" && echo in && read -r line", "sh", .. group.Entrances()];
        using var process = new Process { StartInfo = new("/bin/sh", enter) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true } };
        try
        {
            Inheritance.Start(process);
            using var input = process.StandardInput;
            if (process.StandardOutput.ReadLine() is null) throw new IOException(process.StandardError.ReadToEnd().Trim());
            group.Kill();
            if (!process.WaitForExit(TimeSpan.FromSeconds(5))) throw new IOException("A process in a control group can't be ended.");
        }
        finally
        {
            for (var left = 100; !group.TryRemove() && left > 0; left--) Thread.Sleep(1);
        }
    }
}
