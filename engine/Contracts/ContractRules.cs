using System.Reflection;

namespace ToolRuntime.Engine.Contracts;

/// <summary>
/// Which types may cross a call. Between processes everything is serialised, in one process nothing is, so a type of our own must say both
/// that it can be (<see cref="GenerateSerializerAttribute"/>) and that nobody changes it (<see cref="ImmutableAttribute"/>).
/// </summary>
internal sealed class ContractRules
{
    private static readonly HashSet<Type> Plain =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
        typeof(Uri), typeof(Version), typeof(Int128), typeof(UInt128), typeof(Half), typeof(CancellationToken),
    ];

    private readonly HashSet<(Type, bool)> seen = [];
    private readonly List<string> violations = [];

    /// <summary>What is wrong with the methods of these grain interfaces, a sentence each.</summary>
    public static IReadOnlyList<string> Violations(IEnumerable<Type> interfaces)
    {
        var rules = new ContractRules();
        foreach (var method in interfaces.SelectMany(face => face.GetInterfaces().Append(face)).Distinct().SelectMany(face => face.GetMethods()).Where(method => method.IsAbstract))
            rules.CheckMethod(method);
        return rules.violations;
    }

    private void CheckMethod(MethodInfo method)
    {
        var place = $"{method.DeclaringType!.Name}.{method.Name}";
        if (method.IsGenericMethodDefinition)
            violations.Add($"{place} is generic; the built-in engine has no generic grain methods.");
        foreach (var parameter in method.GetParameters())
            CheckCrossing(parameter.ParameterType, place, parameter.IsDefined(typeof(ImmutableAttribute)));
        if (method.ReturnType.IsGenericType)
            CheckCrossing(method.ReturnType.GenericTypeArguments[0], place, method.ReturnParameter.IsDefined(typeof(ImmutableAttribute)));
    }

    private void CheckCrossing(Type type, string place, bool promised)
    {
        if (!seen.Add((type, promised)))
            return;
        if (type.IsPrimitive || type.IsEnum || Plain.Contains(type) || (type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)))
            return;
        if (IsImmutableWrapper(type))
        {
            foreach (var argument in type.GenericTypeArguments)
                CheckCrossing(argument, place, promised: false);
            return;
        }
        if (!type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !(promised && IsFramework(type)))
            violations.Add($"{place}: {type} has no [GenerateSerializer].");
        else if (!promised && !type.IsDefined(typeof(ImmutableAttribute), inherit: false))
            violations.Add($"{place}: {type} is not [Immutable].");
        CheckMembers(type, place);
        if (type is { IsClass: true, IsSealed: false } && !IsFramework(type))
        {
            foreach (var child in type.Assembly.GetTypes().Where(child => child.IsSubclassOf(type)))
                CheckCrossing(child, place, promised);
        }
    }

    // [Immutable] speaks for the whole of a value; its members need only be such that can be written.
    private void CheckMembers(Type type, string place)
    {
        foreach (var argument in type.GenericTypeArguments)
            CheckMember(argument, $"{place}: {type.Name}");
        if (IsFramework(type))
            return;
        const BindingFlags declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var field in type.GetFields(declared).Where(field => field.IsPublic || field.Name.StartsWith('<')))
            CheckMember(field.FieldType, $"{place}: {type.Name}");
    }

    private void CheckMember(Type type, string place)
    {
        var element = Nullable.GetUnderlyingType(type) ?? (type.IsArray ? type.GetElementType()! : type);
        if (element != type)
        {
            CheckMember(element, place);
            return;
        }
        if (!seen.Add((type, true)) || type.IsPrimitive || type.IsEnum || type.IsGenericParameter || Plain.Contains(type))
            return;
        if (type == typeof(object) || typeof(Delegate).IsAssignableFrom(type) || type.Namespace is { } space && space.StartsWith("System.Text.Json", StringComparison.Ordinal))
            violations.Add($"{place} has a member of type {type}; carry it as a string.");
        else if (!IsFramework(type) && !type.IsInterface && !type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
            violations.Add($"{place} has a member of type {type}, which has no [GenerateSerializer].");
        CheckMembers(type, place);
    }

    private static bool IsImmutableWrapper(Type type) =>
        type.IsGenericType
        && (type.Namespace == "System.Collections.Immutable"
            || type.GetGenericTypeDefinition() is var open
            && (open == typeof(Nullable<>) || open == typeof(ReadOnlyMemory<>) || open == typeof(KeyValuePair<,>) || type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal)));

    private static bool IsFramework(Type type) => type.Namespace is { } space && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal));
}
