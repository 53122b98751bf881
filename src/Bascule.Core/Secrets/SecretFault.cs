namespace Bascule.Core.Secrets;

/// <summary>What is wrong with a reference or with what is at its place, said after the name of the setting; and what to do. Never what is in it.</summary>
public sealed record SecretFault(string Message, string Remedy)
{
    public Problem For(string key) => Problem.Unavailable($"{key}: {Message}; {Remedy}");
}
