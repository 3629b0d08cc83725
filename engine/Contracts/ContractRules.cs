namespace ToolRuntime.Engine.Contracts;

internal static class ContractRules
{
    public static void Check(IEnumerable<Type> interfaces)
    {
    }
}
