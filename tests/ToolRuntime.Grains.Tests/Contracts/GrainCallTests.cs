using System.Collections.Immutable;
using System.Reflection;
using ToolRuntime.Sessions;

namespace ToolRuntime.Grains.Tests.Contracts;

/// <summary>Orleans copies the arguments and results of calls within a silo unless their type says that nobody changes them.</summary>
public sealed class GrainCallTests
{
    private static readonly Assembly[] Ours = [typeof(ISessionGrain).Assembly, typeof(SessionGrain).Assembly];

    public static TheoryData<string> Crossing => [.. Types().Keys.Order()];

    [Theory]
    [MemberData(nameof(Crossing))]
    public void TypeThatCrossesACall_Ours_IsImmutable(string name)
    {
        var type = Types()[name];

        Assert.True(type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false), "It has no [GenerateSerializer].");
        Assert.True(type.IsDefined(typeof(ImmutableAttribute), inherit: false), "It is not [Immutable], so that each call copies it.");
    }

    private static Dictionary<string, Type> Types()
    {
        var found = new Dictionary<string, Type>();
        var methods = Ours.SelectMany(a => a.GetTypes()).Where(t => t.IsInterface && typeof(IAddressable).IsAssignableFrom(t)).SelectMany(t => t.GetMethods());
        foreach (var method in methods)
        {
            foreach (var parameter in method.GetParameters()) Add(parameter.ParameterType);
            foreach (var result in method.ReturnType.GenericTypeArguments) Add(result);
        }

        return found;

        void Add(Type type)
        {
            if (type.IsGenericType && (Nullable.GetUnderlyingType(type) is not null || type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)))
            {
                Add(type.GenericTypeArguments[0]);
                return;
            }

            if (!Ours.Contains(type.Assembly) || type.IsEnum || typeof(IAddressable).IsAssignableFrom(type)) return;
            if (!type.IsAbstract) found[type.ToString()] = type;
            foreach (var child in Ours.SelectMany(a => a.GetTypes()).Where(t => t.IsSubclassOf(type))) Add(child);
            foreach (var argument in type.GenericTypeArguments) Add(argument);
        }
    }
}
