using System.Text;

namespace ToolRuntime.Tools.Files;

/// <summary>Paths as callers write them.</summary>
internal static class WorkspacePath
{
    private const int MaxLength = 4096;

    /// <summary>
    /// The components of <paramref name="path"/> below the workspace, <c>.</c> and <c>..</c> resolved by text. An absolute path must begin
    /// with the workspace's own.
    /// </summary>
    /// <exception cref="FileToolException">It leads out of the workspace, or is no path.</exception>
    public static List<string> Split(string path, string workspace)
    {
        if (path.Length == 0 || Encoding.UTF8.GetByteCount(path) >= MaxLength || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new FileToolException(new(ToolErrorCodes.InvalidArguments, "The path is empty, too long or has a NUL character."));
        }

        var rest = path;
        if (path[0] == '/')
        {
            var root = workspace.TrimEnd('/');
            if (!path.StartsWith(root, StringComparison.Ordinal) || (path.Length > root.Length && path[root.Length] != '/'))
            {
                throw FileToolException.Outside(path);
            }

            rest = path[root.Length..];
        }

        var components = new List<string>();
        foreach (var component in rest.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (component == ".") continue;
            if (Encoding.UTF8.GetByteCount(component) > FileToolException.NameBytes) throw FileToolException.NameTooLong(path);
            if (component != "..") components.Add(component);
            else if (components.Count > 0) components.RemoveAt(components.Count - 1);
            else throw FileToolException.Outside(path);
        }

        return components;
    }
}
