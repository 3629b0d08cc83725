using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace ToolRuntime.CommandLine;

/// <summary>A setting as configuration names it. A part of the name in angle brackets is the user's own.</summary>
/// <param name="Name">Such as <c>ToolRuntime:Batches:MaxWait</c> or <c>ToolRuntime:Mcp:Servers:&lt;name&gt;:Command</c>.</param>
/// <param name="Value">Its default, or what kind of value it takes, in angle brackets.</param>
/// <param name="Property">What reads it.</param>
internal sealed record Setting(string Name, string Value, PropertyInfo Property)
{
    private const char Open = '<';

    /// <summary>The settings of a section that options of a type read, those of their parts included.</summary>
    public static IEnumerable<Setting> Of(string section, Type options)
    {
        var defaults = Activator.CreateInstance(options, nonPublic: true);
        return options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsSet)
            .SelectMany(property => Of($"{section}:{property.Name}", property.PropertyType, property, property.GetValue(defaults)));
    }

    /// <summary>Whether a name in configuration is this setting's.</summary>
    public bool Matches(string name)
    {
        var (mine, theirs) = (Name.Split(':'), name.Split(':'));
        return mine.Length == theirs.Length && mine.Zip(theirs).All(pair => pair.First[0] == Open ? pair.Second.Length > 0 : pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<Setting> Of(string name, Type type, PropertyInfo property, object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsScalar(type)) return [new(name, Show(type, value), property)];
        if (Part(type, typeof(IDictionary<,>), 1) is { } entry) return Of($"{name}:<name>", entry, property, null);
        if (Part(type, typeof(IEnumerable<>), 0) is { } element) return Of($"{name}:<n>", element, property, null);
        return Of(name, type);
    }

    private static bool IsSet(PropertyInfo property) => property.SetMethod?.IsPublic == true || (property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)));

    private static bool IsScalar(Type type) => type == typeof(string) || (!type.IsAssignableTo(typeof(IEnumerable)) && TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)));

    /// <summary>What a collection holds.</summary>
    private static Type? Part(Type type, Type collection, int argument) =>
        type.GetInterfaces().Append(type).FirstOrDefault(one => one.IsGenericType && one.GetGenericTypeDefinition() == collection)?.GetGenericArguments()[argument];

    private static string Show(Type type, object? value) => value switch
    {
        null or "" => type == typeof(bool) ? "<true or false>" : type.IsEnum ? $"<{string.Join(" or ", Enum.GetNames(type))}>" : $"<{Kind(type)}>",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Kind(Type type) => type == typeof(string) ? "text" : type == typeof(Uri) ? "address" : type == typeof(TimeSpan) ? "hh:mm:ss" : "number";
}
