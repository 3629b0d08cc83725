namespace ToolRuntime.Tools.Processes;

/// <summary>Where control groups could be made below the one that this process is in.</summary>
/// <param name="Folder">The group of this process.</param>
/// <param name="Version">2, or 1 for a hierarchy of its own.</param>
internal sealed record ControlGroupPlace(string Folder, int Version);

/// <summary>
/// Finds the hierarchies that are mounted, the best first: version 2, then those of version 1 that every process may be moved in without any other effect. Where version 2 is mounted
/// beside version 1, which has the controllers, it comes last: moving into it waits for whoever forks.
/// </summary>
internal static class ControlGroupPlaces
{
    // Forks can be stopped in the first, so it is the better one.
    private static readonly string[] Controllers = ["pids", "freezer"];

    public static IEnumerable<ControlGroupPlace> Find() => Find(Read("/proc/self/mountinfo"), Read("/proc/self/cgroup"))
        .Where(place => Directory.Exists(place.Folder)).OrderBy(place => place.Version == 2 && IsBare(place.Folder));

    /// <summary>The same from what <c>/proc</c> says.</summary>
    public static IEnumerable<ControlGroupPlace> Find(IEnumerable<string> mounts, IEnumerable<string> memberships)
    {
        var (paths, found) = (Paths(memberships), Mounts(mounts));
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

    /// <summary>The groups of this process in hierarchies of version 1 that limit or count something, by controller.</summary>
    public static IReadOnlyDictionary<string, string> FindControllers() => FindControllers(Read("/proc/self/mountinfo"), Read("/proc/self/cgroup"));

    /// <summary>The same from what <c>/proc</c> says.</summary>
    public static IReadOnlyDictionary<string, string> FindControllers(IEnumerable<string> mounts, IEnumerable<string> memberships)
    {
        var found = new Dictionary<string, string>();
        var mounted = Mounts(mounts).Where(mount => mount.Type == "cgroup").ToArray();
        foreach (var path in Paths(memberships))
        {
            foreach (var controller in path[1].Split(','))
            {
                var mount = mounted.FirstOrDefault(mount => mount.Options.Contains(controller));
                if (mount.Folder is not null) found[controller] = Join(mount.Folder, mount.Root, path[2]);
            }
        }

        return found;
    }

    // number:controllers:path, version 2 without a controller
    private static string[][] Paths(IEnumerable<string> memberships) => [.. memberships.Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3)];

    // id parent device root folder options .. - type source options
    private static (string Root, string Folder, string Type, string[] Options)[] Mounts(IEnumerable<string> mounts) =>
        [.. mounts.Select(line => line.Split(' ')).Select(fields => (Fields: fields, Dash: Array.IndexOf(fields, "-")))
            .Where(mount => mount.Dash > 5 && mount.Fields.Length > mount.Dash + 3)
            .Select(mount => (mount.Fields[3], mount.Fields[4], mount.Fields[mount.Dash + 1], mount.Fields[mount.Dash + 3].Split(',')))];

    // In a container the mount may begin at the container's own group.
    private static string Join(string folder, string root, string path)
    {
        var below = root.Length > 1 && path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : path;
        return below.Length > 1 ? folder + below : folder;
    }

    private static bool IsBare(string folder) => !Read(Path.Combine(folder, "cgroup.controllers")).SelectMany(line => line.Split(' ')).Contains("pids");

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
