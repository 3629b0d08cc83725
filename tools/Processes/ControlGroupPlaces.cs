namespace ToolRuntime.Tools.Processes;

/// <summary>Where control groups could be made below the one that this process is in.</summary>
/// <param name="Folder">The group of this process.</param>
/// <param name="Version">2, or 1 for a hierarchy of its own.</param>
internal sealed record ControlGroupPlace(string Folder, int Version);

/// <summary>Finds the hierarchies that are mounted, the best first: version 2, then those of version 1 that every process may be moved in without any other effect.</summary>
internal static class ControlGroupPlaces
{
    // Forks can be stopped in the first, so it is the better one.
    private static readonly string[] Controllers = ["pids", "freezer"];

    public static IEnumerable<ControlGroupPlace> Find() => Find(Read("/proc/self/mountinfo"), Read("/proc/self/cgroup")).Where(place => Directory.Exists(place.Folder));

    /// <summary>The same from what <c>/proc</c> says.</summary>
    public static IEnumerable<ControlGroupPlace> Find(IEnumerable<string> mounts, IEnumerable<string> memberships)
    {
        // number:controllers:path, version 2 without a controller
        var paths = memberships.Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToArray();
        // id parent device root folder options .. - type source options
        var found = mounts.Select(line => line.Split(' ')).Select(fields => (Fields: fields, Dash: Array.IndexOf(fields, "-")))
            .Where(mount => mount.Dash > 5 && mount.Fields.Length > mount.Dash + 3)
            .Select(mount => (Root: mount.Fields[3], Folder: mount.Fields[4], Type: mount.Fields[mount.Dash + 1], Options: mount.Fields[mount.Dash + 3].Split(',')))
            .ToArray();
        foreach (var mount in found.Where(mount => mount.Type == "cgroup2"))
        {
            foreach (var path in paths.Where(path => path[1].Length == 0)) yield return new(Join(mount.Folder, mount.Root, path[2]), 2);
        }

        foreach (var controller in Controllers)
        {
            foreach (var mount in found.Where(mount => mount.Type == "cgroup" && mount.Options.Contains(controller)))
            {
                foreach (var path in paths.Where(path => path[1].Split(',').Contains(controller))) yield return new(Join(mount.Folder, mount.Root, path[2]), 1);
            }
        }
    }

    // In a container the mount may begin at the container's own group.
    private static string Join(string folder, string root, string path)
    {
        var below = root.Length > 1 && path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : path;
        return below.Length > 1 ? folder + below : folder;
    }

    private static string[] Read(string path)
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
}
