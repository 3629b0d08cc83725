using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Tests.Support;

/// <summary>A test that needs control groups, of any or of one version; where none can be made it is skipped, and says why.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ControlGroupFactAttribute : FactAttribute
{
    public ControlGroupFactAttribute(int version = 0)
    {
        using var groups = Groups(version);
        if (!groups.Available) Skip = groups.WhyNot;
    }

    public static ControlGroups Groups(int version) =>
        new(NullLogger<ControlGroups>.Instance, () => ControlGroupPlaces.Find().Where(place => version == 0 || place.Version == version));
}
