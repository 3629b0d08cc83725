using System.Collections.Immutable;

namespace ToolRuntime.Tools;

/// <summary>
/// Tools that come and go while the process runs, such as those of a server elsewhere. Their schemas are not ours: one that the catalogue
/// can't check is left to the tool. Registered as a service; a name that two tools have is the first one's.
/// </summary>
public interface IToolSource
{
    /// <summary>What it offers now. An unchanged tool is the same instance.</summary>
    ImmutableArray<ITool> Tools { get; }

    /// <summary>Raised after <see cref="Tools"/> has changed, from any thread.</summary>
    event Action? Changed;

    /// <summary>
    /// Why a tool of this source is not offered just now though it may be later, for a person; null if the name is none of its.
    /// </summary>
    string? WhyUnavailable(string name);
}
