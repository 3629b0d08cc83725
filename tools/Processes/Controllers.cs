using System.Collections.Immutable;

namespace ToolRuntime.Tools.Processes;

/// <summary>Where groups have a controller: in the group of the attempt itself, or in one of a hierarchy of its own (version 1).</summary>
/// <param name="Name"><c>memory</c>, <c>pids</c>, <c>cpu</c>, <c>cpuacct</c>.</param>
/// <param name="Folder">The folder that attempts' groups are made in; null for the group itself.</param>
/// <param name="Version">2 or 1.</param>
internal sealed record Controller(string Name, string? Folder, int Version);

/// <summary>Finds the controllers that groups of attempts can have, and makes them usable.</summary>
internal static class Controllers
{
    private static readonly string[] Wanted = ["memory", "pids", "cpu"];

    /// <param name="place">Where groups are made.</param>
    /// <param name="folder">The folder in it that all attempts' groups are in; it exists.</param>
    /// <param name="name">That folder's name, in every hierarchy.</param>
    /// <param name="separate">Hierarchies of version 1, by controller.</param>
    public static ImmutableArray<Controller> Find(ControlGroupPlace place, string folder, string name, IReadOnlyDictionary<string, string> separate)
    {
        var found = ImmutableArray.CreateBuilder<Controller>();
        foreach (var controller in place.Version == 1 ? [.. Wanted, "cpuacct"] : Wanted)
        {
            if (place.Version == 2 && (TryEnable(place.Folder, controller) && TryEnable(folder, controller))) found.Add(new(controller, null, 2));
            else if (separate.TryGetValue(controller, out var parent) && TryMake(parent, name) is { } made) found.Add(new(controller, made == folder ? null : made, 1));
        }

        if (found.FirstOrDefault(controller => controller.Name == "cpu") is { } cpu) TryWeigh(cpu.Folder ?? folder, ControlGroupLimits.OfAll(cpu.Version));
        return found.ToImmutable();
    }

    private static bool TryEnable(string folder, string controller)
    {
        try
        {
            if (!Has(folder, "cgroup.controllers", controller)) return false;
            if (!Has(folder, "cgroup.subtree_control", controller)) File.WriteAllText(Path.Combine(folder, "cgroup.subtree_control"), $"+{controller}");
            return Has(folder, "cgroup.subtree_control", controller);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A group that holds processes can't have it for those below.
            return false;
        }
    }

    private static void TryWeigh(string folder, (string File, string Value) weight)
    {
        try
        {
            File.WriteAllText(Path.Combine(folder, weight.File), weight.Value);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then they weigh what others do.
        }
    }

    private static bool Has(string folder, string file, string controller) => File.ReadAllText(Path.Combine(folder, file)).Split([' ', '\n']).Contains(controller);

    private static string? TryMake(string parent, string name)
    {
        try
        {
            return Directory.CreateDirectory(Path.Combine(parent, name)).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
