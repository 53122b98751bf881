using Bascule.Simulators.Tests.ApiManagement;

namespace Bascule.Simulators.Tests.MachineLearning;

internal static class AmlAnswers
{
    /// <summary>What an error is about.</summary>
    public static string? Target(this ApimAnswer answer) => (string?)answer.Json["error"]?["target"];
}
