using System.Text.Json;

namespace Bascule.Core.Runs;

/// <summary>States as addresses, the API and the command line spell them: <c>awaiting_approval</c>.</summary>
public static class RunStateWords
{
    private static readonly RunState[] States = Enum.GetValues<RunState>();

    public static IEnumerable<string> All => States.Select(Word);

    public static string Word(this RunState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    public static bool TryParse(string word, out RunState state)
    {
        var index = Array.FindIndex(States, known => known.Word() == word);
        state = index < 0 ? default : States[index];
        return index >= 0;
    }
}
