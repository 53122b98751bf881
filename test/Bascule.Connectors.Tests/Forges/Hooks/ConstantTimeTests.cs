using System.Reflection;
using System.Reflection.Emit;
using Bascule.Connectors.Forges.Hooks;

namespace Bascule.Connectors.Tests.Forges.Hooks;

[Trait("Threat", "T04")]
public sealed class ConstantTimeTests
{
    [Fact]
    public void SignaturesAreComparedInConstantTimeAndNoOtherWay()
    {
        var calls = typeof(SignedHook)
            .GetMethods(
                BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
            )
            .Where(method => method.Name != "Json") // compares content types
            .SelectMany(Calls)
            .ToList();

        calls.ShouldContain("CryptographicOperations.FixedTimeEquals");
        calls.ShouldNotContain(call => call.EndsWith(".SequenceEqual", StringComparison.Ordinal));
        calls.ShouldNotContain("String.op_Equality");
        calls.ShouldNotContain("String.op_Inequality");
    }

    /// <summary>Every operand that resolves to a method, wherever a call's opcode may stand: too many candidates do no harm.</summary>
    private static IEnumerable<string> Calls(MethodInfo method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var index = 0; index + 4 < code.Length; index++)
            if (
                (code[index] == OpCodes.Call.Value || code[index] == OpCodes.Callvirt.Value)
                && Resolve(method, code, index) is { } called
            )
                yield return $"{called.DeclaringType?.Name}.{called.Name}";
    }

    private static MethodBase? Resolve(MethodInfo method, byte[] code, int index)
    {
        try
        {
            return method.Module.ResolveMethod(BitConverter.ToInt32(code, index + 1));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
