#!/bin/bash
# A sweep on many machines under Slurm: four nodes, 32 runs at a time on each. 'sbatch slurm.sh' again, after
# whatever ended it, goes on where it stopped.
#SBATCH --job-name=dln-sweep
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=32
#SBATCH --time=12:00:00
#SBATCH --requeue
srun --mpi=pmix --kill-on-bad-exit=1 --cpu-bind=cores \
  dln sweep fig4.toml --out fig4 --resume --threads "$SLURM_CPUS_PER_TASK"
