using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace ToolRuntime.Events;

/// <summary>Wire names of events.</summary>
public static class EventTypes
{
    private static readonly FrozenDictionary<Type, string> Names = typeof(SessionEvent).GetCustomAttributes<JsonDerivedTypeAttribute>()
        .ToFrozenDictionary(a => a.DerivedType, a => (string)a.TypeDiscriminator!);

    /// <summary>Every wire name.</summary>
    public static IReadOnlyCollection<string> All => Names.Values;

    /// <summary>The wire name of an event, such as <c>tool.started</c>.</summary>
    public static string NameOf(SessionEvent happened) => Names[happened.GetType()];
}
