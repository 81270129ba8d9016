using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/Benchmarks -- --filter '*KernelSpeed*'
BenchmarkSwitcher.FromAssembly(typeof(FaceGrid.Benchmarks.KernelSpeed).Assembly).Run(args);
